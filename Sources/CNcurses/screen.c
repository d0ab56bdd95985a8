// The screen: ncurses behind functions that take plain numbers and UTF-8.
#define _GNU_SOURCE
#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
// <term.h> defines macros for every capability, so its functions are declared by hand.
extern int setupterm(const char *, int, int *);
extern int tigetnum(const char *);
extern int tigetflag(const char *);
extern char *tigetstr(const char *);
extern struct term *cur_term;
extern int del_curterm(struct term *);

#include "CNcurses.h"

enum { PASTE_BEGIN = KEY_MAX + 1, PASTE_END, MOUSE_SGR, MOUSE_X10, BACKGROUND };

static SCREEN *screen;
static WINDOW *input_pad;
static FILE *input_file, *output_file;
static int output_descriptor = -1;
static bool default_colours, uses_mouse, is_redirected;

static const char *capability(const char *name) {
  char *text = tigetstr(name);
  return text == NULL || text == (char *)-1 ? "" : text;
}

// Wide text needs a UTF-8 locale. Where the environment's is another one, glibc's own is used all the same: what the
// terminal can show is decided above.
bool cn_use_utf8(void) {
  if (setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

// Whether a locale that the environment names encodes in UTF-8: some names do not say it (hi_IN, vi_VN).
bool cn_is_utf8_locale(const char *name) {
  locale_t locale = newlocale(LC_CTYPE_MASK, name, (locale_t)0);
  if (locale == (locale_t)0) return false;
  bool is = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
  freelocale(locale);
  return is;
}

cn_capabilities cn_probe(const char *terminal, int output) {
  cn_capabilities found = {.colours = -1};
  int status = 0;
  if (setupterm(terminal, output, &status) != OK || status != 1) return found;
  found.known = true;
  found.addressable = capability("cup")[0] != 0;
  found.colours = tigetnum("colors");
  // RGB is an extended capability that entries give as a flag, a number or a string (user_caps(5)).
  found.direct = tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || capability("RGB")[0] != 0;
  del_curterm(cur_term);
  return found;
}

// Appends a capability without its padding ($<5>), which only putp would turn into pauses.
static size_t append(char *buffer, size_t used, size_t capacity, const char *text) {
  while (*text != 0 && used + 1 < capacity) {
    if (text[0] == '$' && text[1] == '<') {
      const char *end = strchr(text, '>');
      if (end != NULL) { text = end + 1; continue; }
    }
    buffer[used++] = *text++;
  }
  return used;
}

// Presses and releases without motion (1000), with columns beyond 223 where the terminal can (1006); XTerm Control
// Sequences, "Mouse Tracking". Not through ncurses: it believes the terminfo entries of tmux and screen, which know only
// the old encoding.
static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";
static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";

// What a signal handler writes to give the terminal back, put together now because terminfo may not be read then.
static void prepare_restoring(void) {
  char text[CN_RESTORE_CAPACITY];
  size_t used = 0;
  const char *parts[] = {capability("sgr0"), capability("op"), capability("cnorm"), paste_off,
                         uses_mouse ? mouse_off : "", capability("rmkx"), capability("rmcup")};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) used = append(text, used, sizeof text, parts[i]);
  cn_remember_sequence(text, (int32_t)used);
}

static void emit(const char *text) {
  // A terminal that takes no more bytes is noticed as a hang-up by whoever reads from it.
  if (write(output_descriptor, text, strlen(text)) < 0) return;
}

// Sequences that terminfo entries leave out although the terminals of today send them.
static void define_keys(void) {
  static const struct { const char *bytes; int key; } keys[] = {
      {"\033[200~", PASTE_BEGIN}, {"\033[201~", PASTE_END}, {"\033[Z", KEY_BTAB},
      {"\033[A", KEY_UP}, {"\033[B", KEY_DOWN}, {"\033[C", KEY_RIGHT}, {"\033[D", KEY_LEFT},
      {"\033OA", KEY_UP}, {"\033OB", KEY_DOWN}, {"\033OC", KEY_RIGHT}, {"\033OD", KEY_LEFT},
      {"\033[H", KEY_HOME}, {"\033[F", KEY_END}, {"\033OH", KEY_HOME}, {"\033OF", KEY_END},
      {"\033[1~", KEY_HOME}, {"\033[4~", KEY_END}, {"\033[7~", KEY_HOME}, {"\033[8~", KEY_END},
      {"\033[2~", KEY_IC}, {"\033[3~", KEY_DC}, {"\033[5~", KEY_PPAGE}, {"\033[6~", KEY_NPAGE},
  };
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) define_key(keys[i].bytes, keys[i].key);
  define_key(NULL, KEY_MOUSE);
  if (!uses_mouse) return;
  define_key("\033[<", MOUSE_SGR);
  define_key("\033[M", MOUSE_X10);
}

static void set_modes(cn_options options) {
  raw();  // not cbreak: Ctrl-C, Ctrl-Z, Ctrl-S, Ctrl-Q and Ctrl-\ are keys
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  meta(stdscr, TRUE);
  typeahead(-1);  // a frame is written whole, whatever is typed meanwhile
  leaveok(stdscr, FALSE);
  // Keys are read through a pad, because wgetch refreshes a window first and never a pad.
  input_pad = newpad(1, 1);
  keypad(input_pad, TRUE);
  nodelay(input_pad, TRUE);
  define_keys();
  if (options.colour && has_colors()) {
    start_color();
    default_colours = use_default_colors() == OK;
  }
}

static bool release_files(void) {
  if (input_file != NULL) fclose(input_file);
  if (output_file != NULL) fclose(output_file);
  input_file = output_file = NULL;
  return false;
}

static bool open_files(int input, int output) {
  int input_descriptor = fcntl(input, F_DUPFD_CLOEXEC, 3);
  output_descriptor = fcntl(output, F_DUPFD_CLOEXEC, 3);
  input_file = input_descriptor < 0 ? NULL : fdopen(input_descriptor, "r");
  output_file = output_descriptor < 0 ? NULL : fdopen(output_descriptor, "w");
  return input_file != NULL && output_file != NULL && cn_remember_terminal(input_descriptor, output_descriptor);
}

// The beginning of the answer is a key from now on, so that ncurses keeps it apart from what is typed around it.
void cn_ask_background(const char *question) {
  define_key("\033]11;", BACKGROUND);
  emit(question);
}

// What ncurses does not switch on by itself.
static void claim(void) {
  emit(paste_on);
  if (uses_mouse) emit(mouse_on);
}

// newterm, because initscr ends the process on an unknown terminal.
bool cn_open(const char *terminal, int input, int output, cn_options options) {
  if (!open_files(input, output)) return release_files();
  set_escdelay(25);
  default_colours = false;
  is_redirected = options.redirected && cn_redirect(true);
  screen = newterm(terminal, output_file, input_file);
  if (screen == NULL) {
    cn_forget_terminal();
    return release_files();
  }
  // An entry without kmous is of a terminal that has no mouse to report, and would show the request as text.
  uses_mouse = options.mouse && capability("kmous")[0] != 0;
  prepare_restoring();
  set_modes(options);
  claim();
  return true;
}

// What to wait on for keys.
int32_t cn_input_descriptor(void) { return fileno(input_file); }

// Gives the terminal back for a while.
void cn_leave(void) {
  curs_set(1);
  emit(paste_off);
  if (uses_mouse) emit(mouse_off);
  endwin();
  if (is_redirected) cn_redirect(false);
}

// Takes the terminal again and repaints all of it.
void cn_enter(void) {
  if (is_redirected) cn_redirect(true);
  claim();
  cn_repaint();
}

void cn_close(void) {
  if (screen == NULL) return;
  cn_leave();
  cn_forget_terminal();
  delwin(input_pad);
  delscreen(screen);
  release_files();
  screen = NULL;
  input_pad = NULL;
}

// Makes the screen as large as the terminal. LINES and COLUMNS of the environment, which ncurses would believe, are of
// the terminal as it was when the shell started.
cn_size cn_fit(void) {
  struct winsize size;
  if (ioctl(output_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
      (size.ws_col != getmaxx(stdscr) || size.ws_row != getmaxy(stdscr))) {
    resizeterm(size.ws_row, size.ws_col);
    clearok(curscr, TRUE);
  }
  return (cn_size){.columns = getmaxx(stdscr), .rows = getmaxy(stdscr)};
}

int32_t cn_width(uint32_t code_point) { return wcwidth((wchar_t)code_point); }

int32_t cn_pair_limit(void) { return COLOR_PAIRS; }

bool cn_has_default_colours(void) { return default_colours; }

void cn_define_pair(int32_t pair, int32_t foreground, int32_t background) {
  init_extended_pair(pair, foreground, background);
}

void cn_move(int32_t row, int32_t column) { wmove(stdscr, row, column); }

void cn_style(uint32_t attributes, int32_t pair) {
  attr_t set = A_NORMAL;
  if (attributes & CN_BOLD) set |= A_BOLD;
  if (attributes & CN_DIM) set |= A_DIM;
  if (attributes & CN_UNDERLINE) set |= A_UNDERLINE;
  if (attributes & CN_REVERSE) set |= A_REVERSE;
  if (attributes & CN_ITALIC) set |= A_ITALIC;
  // The last argument carries pairs beyond a short (curs_attr(3X)).
  wattr_set(stdscr, set, (short)pair, &pair);
}

void cn_write(const char *utf8, int32_t bytes) { waddnstr(stdscr, utf8, bytes); }

void cn_clear_row(int32_t row) {
  wattr_set(stdscr, A_NORMAL, 0, NULL);
  wmove(stdscr, row, 0);
  wclrtoeol(stdscr);
}

void cn_show(bool cursor, int32_t row, int32_t column) {
  curs_set(cursor ? 1 : 0);
  wmove(stdscr, row, column);
  wnoutrefresh(stdscr);
  doupdate();
}

// Writes every cell again: something else wrote on the terminal.
void cn_repaint(void) {
  clearok(curscr, TRUE);
  wrefresh(stdscr);
}

void cn_bell(void) { beep(); }

// Writes a sequence that shows nothing, after what ncurses has written.
void cn_send(const char *sequence) {
  emit(sequence);
}

static int32_t key_of(int code) {
  switch (code) {
    case KEY_UP: return CN_UP;
    case KEY_DOWN: return CN_DOWN;
    case KEY_LEFT: return CN_LEFT;
    case KEY_RIGHT: return CN_RIGHT;
    case KEY_PPAGE: case KEY_A3: return CN_PAGE_UP;
    case KEY_NPAGE: case KEY_C3: return CN_PAGE_DOWN;
    case KEY_HOME: case KEY_A1: case KEY_FIND: return CN_HOME;
    case KEY_END: case KEY_C1: case KEY_SELECT: case KEY_LL: return CN_END;
    case KEY_IC: return CN_INSERT;
    case KEY_DC: return CN_DELETE;
    case KEY_BACKSPACE: return CN_BACKSPACE;
    case KEY_BTAB: return CN_BACK_TAB;
    case KEY_ENTER: return CN_ENTER;
    default: return code >= KEY_F(1) && code <= KEY_F(24) ? CN_F0 + (code - KEY_F0) : 0;
  }
}

// The next piece of input, without waiting. Bytes, not wget_wch: that one drops the beginning of a character when the
// rest of its bytes has not arrived yet.
cn_input cn_read(void) {
  int code = wgetch(input_pad);
  if (code == ERR) return (cn_input){.kind = CN_NOTHING};
  if (code < 0x100) return (cn_input){.kind = CN_BYTE, .value = code};
  if (code == PASTE_BEGIN) return (cn_input){.kind = CN_PASTE_BEGIN};
  if (code == MOUSE_SGR) return (cn_input){.kind = CN_MOUSE_SGR};
  if (code == BACKGROUND) return (cn_input){.kind = CN_BACKGROUND};
  if (code == MOUSE_X10) return (cn_input){.kind = CN_MOUSE_X10};
  int32_t key = key_of(code);
  return (cn_input){.kind = key == 0 ? CN_UNKNOWN : CN_KEY, .value = key};
}

int32_t cn_row_text(int32_t row, char *buffer, int32_t capacity) {
  wchar_t text[1024];
  int count = mvwinnwstr(stdscr, row, 0, text, 1023);
  if (count < 0) return 0;
  text[count] = 0;
  size_t bytes = wcstombs(buffer, text, (size_t)capacity);
  return bytes == (size_t)-1 ? 0 : (int32_t)bytes;
}
