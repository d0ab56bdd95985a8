// What the driver needs of ncurses, in types that Swift imports.
//
// <curses.h> itself is not included here: with _XOPEN_SOURCE_EXTENDED it does not import cleanly into Swift, and its
// macros (lines, columns, clear, move, ...) would reach every file of the driver. Everything but the functions marked
// "any thread" is called from one thread at a time: ncurses is one global.
#ifndef TASKDECK_CNCURSES_H
#define TASKDECK_CNCURSES_H

#include <stdbool.h>
#include <stdint.h>

// What terminfo says about a terminal, found out before anything is written to it.
typedef struct {
  bool known;        // there is an entry
  bool addressable;  // it can move the cursor anywhere (the cup capability)
  int32_t colours;   // number of colours, negative when none
  bool direct;       // colour numbers are 24-bit values (the RGB capability)
} cn_capabilities;

typedef struct {
  int32_t columns;
  int32_t rows;
} cn_size;

typedef struct {
  bool colour;      // use colours
  bool mouse;       // report the mouse
  bool redirected;  // keep what is written to standard output and error off the screen
} cn_options;

// Kinds of input, and the keys that are not bytes.
enum {
  CN_NOTHING = 0,
  CN_BYTE,         // value: one byte, of UTF-8 or a control character
  CN_KEY,          // value: one of CN_UP...; CN_F0 + n for a function key
  CN_MOUSE_SGR,    // a report of the mouse begins: ESC [ < and then "0;12;3M", which can be read from the input
  CN_MOUSE_X10,    // the same in three bytes
  CN_PASTE_BEGIN,  // the bytes of the paste can be read from the input
  CN_UNKNOWN,      // a key nobody asked for
  CN_BACKGROUND,   // the answer to cn_ask_background begins: ESC ] 11 ; and then the colour, which can be read
};
enum {
  CN_UP = 1, CN_DOWN, CN_LEFT, CN_RIGHT, CN_PAGE_UP, CN_PAGE_DOWN, CN_HOME, CN_END, CN_INSERT, CN_DELETE,
  CN_BACKSPACE, CN_BACK_TAB, CN_ENTER,
  CN_F0 = 100,
};

typedef struct {
  int32_t kind;
  int32_t value;
} cn_input;

enum { CN_BOLD = 1, CN_DIM = 2, CN_UNDERLINE = 4, CN_REVERSE = 8, CN_ITALIC = 16 };

// screen.c
bool cn_use_utf8(void);
bool cn_is_utf8_locale(const char *name);
void cn_ask_background(const char *question);
cn_capabilities cn_probe(const char *terminal, int output);
bool cn_open(const char *terminal, int input, int output, cn_options options);
void cn_close(void);
void cn_leave(void);
void cn_enter(void);
cn_size cn_fit(void);
int32_t cn_input_descriptor(void);
int32_t cn_width(uint32_t code_point);
int32_t cn_pair_limit(void);
bool cn_has_default_colours(void);
void cn_define_pair(int32_t pair, int32_t foreground, int32_t background);
void cn_move(int32_t row, int32_t column);
void cn_style(uint32_t attributes, int32_t pair);
void cn_write(const char *utf8, int32_t bytes);
void cn_clear_row(int32_t row);
void cn_show(bool cursor, int32_t row, int32_t column);
void cn_repaint(void);
void cn_bell(void);
void cn_send(const char *sequence);
cn_input cn_read(void);
// The text that ncurses believes to be in a row, for tests. Returns the number of bytes.
int32_t cn_row_text(int32_t row, char *buffer, int32_t capacity);

// signals.c
enum {
  CN_RESIZED = 1, CN_STOPPED = 2, CN_CONTINUED = 4, CN_INTERRUPTED = 8, CN_TERMINATED = 16, CN_HUNG_UP = 32,
  CN_QUIT = 64,
};
enum { CN_INPUT = 1, CN_WOKEN = 2, CN_GONE = 4 };
bool cn_signals_install(void);
void cn_signals_remove(void);
void cn_signals_for_child(bool running);
uint32_t cn_signals_take(void);
void cn_wake(void);  // any thread
int32_t cn_wait(int32_t input, int32_t milliseconds);
void cn_stop_job(void);

// Between screen.c and signals.c.
enum { CN_RESTORE_CAPACITY = 512 };
bool cn_remember_terminal(int input, int output);
void cn_remember_sequence(const char *text, int32_t bytes);
void cn_forget_terminal(void);
bool cn_redirect(bool on);
void cn_restore_now(void);

#endif
