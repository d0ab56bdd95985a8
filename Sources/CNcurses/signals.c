// Signals, and giving the terminal back when the program ends in a way nobody planned.
//
// A handler only sets a bit and adds to an eventfd, which coalesces: with bytes in a pipe, a full pipe loses signals,
// and draining it for one reason swallows another. Handlers of crashes write what was prepared, put the old handler
// back and return, so that the fault happens again and Swift's backtrace is printed on a terminal that is whole.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <fcntl.h>

#include "CNcurses.h"

static const struct { int number; uint32_t bit; } watched[] = {
    {SIGWINCH, CN_RESIZED}, {SIGTSTP, CN_STOPPED}, {SIGCONT, CN_CONTINUED}, {SIGINT, CN_INTERRUPTED},
    {SIGTERM, CN_TERMINATED}, {SIGHUP, CN_HUNG_UP}, {SIGQUIT, CN_QUIT},
};
static const int crashes[] = {SIGILL, SIGABRT, SIGSEGV, SIGTRAP, SIGBUS, SIGFPE};
enum { WATCHED = sizeof watched / sizeof *watched, CRASHES = sizeof crashes / sizeof *crashes };

static _Atomic uint32_t pending;
static int wake_descriptor = -1;
static struct sigaction watched_before[WATCHED], crashes_before[CRASHES];

// What is needed to give the terminal back, readable by a handler at any time.
static struct {
  atomic_bool active;
  int input, output;          // what ncurses reads and writes
  int own, nowhere, silence;  // the terminal itself, a place for late output, an input on which nothing comes
  struct termios modes;
  bool has_modes;
  char restore[CN_RESTORE_CAPACITY];
  int32_t bytes;
} terminal;

// Standard output and error while the screen is up: both go to a file in memory.
static int kept_output = -1, kept_error = -1, log_descriptor = -1;
static atomic_bool redirected;

// MARK: Waking the thread that owns the screen

void cn_wake(void) {
  uint64_t one = 1;
  // EAGAIN: the counter is full, so the thread is woken anyway.
  if (write(wake_descriptor, &one, sizeof one) < 0) return;
}

static void note(int number) {
  int before = errno;
  for (int i = 0; i < WATCHED; i++)
    if (watched[i].number == number) atomic_fetch_or(&pending, watched[i].bit);
  cn_wake();
  errno = before;
}

uint32_t cn_signals_take(void) { return atomic_exchange(&pending, 0); }

// Waits for input (none when it is -1, which poll skips), for a wake or for the time. A readable terminal without a
// byte to read is at its end: without this test, poll would report it again and again.
int32_t cn_wait(int32_t input, int32_t milliseconds) {
  struct pollfd files[2] = {{.fd = wake_descriptor, .events = POLLIN}, {.fd = input, .events = POLLIN}};
  int32_t result = 0;
  if (poll(files, 2, milliseconds) < 0) return errno == EINTR ? CN_WOKEN : CN_GONE;
  if (files[0].revents & POLLIN) {
    uint64_t count;
    if (read(wake_descriptor, &count, sizeof count) > 0) result |= CN_WOKEN;
  }
  if (files[1].revents & (POLLHUP | POLLERR | POLLNVAL)) return result | CN_GONE;
  if (files[1].revents & POLLIN) {
    int waiting = 0;
    result |= ioctl(input, FIONREAD, &waiting) == 0 && waiting == 0 ? CN_GONE : CN_INPUT;
  }
  return result;
}

// MARK: Keeping other output off the screen

// Copies what was written meanwhile to the real standard error. Only calls that a signal handler may make.
static void replay(void) {
  char block[4096];
  ssize_t count;
  off_t place = 0;
  while ((count = pread(log_descriptor, block, sizeof block, place)) > 0) {
    place += count;
    if (write(STDERR_FILENO, block, (size_t)count) < 0) return;
  }
  // A log that can not be emptied is shown twice, which is all that can be done about it.
  if (ftruncate(log_descriptor, 0) < 0) return;
}

bool cn_redirect(bool on) {
  if (on == atomic_load(&redirected)) return on;
  if (!on) {
    atomic_store(&redirected, false);
    if (kept_output >= 0) dup2(kept_output, STDOUT_FILENO);
    if (kept_error >= 0) dup2(kept_error, STDERR_FILENO);
    replay();
    return false;
  }
  if (log_descriptor < 0) log_descriptor = memfd_create("taskdeck-output", MFD_CLOEXEC);
  if (log_descriptor < 0) return false;
  fcntl(log_descriptor, F_SETFL, O_APPEND);
  // Output that goes to a file or a pipe harms no screen and stays where it is.
  if (kept_output < 0 && isatty(STDOUT_FILENO)) kept_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (kept_error < 0 && isatty(STDERR_FILENO)) kept_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (kept_output >= 0) dup2(log_descriptor, STDOUT_FILENO);
  if (kept_error >= 0) dup2(log_descriptor, STDERR_FILENO);
  atomic_store(&redirected, true);
  return true;
}

// MARK: Giving the terminal back

bool cn_remember_terminal(int input, int output) {
  static bool registered;
  terminal.input = input;
  terminal.output = output;
  terminal.bytes = 0;
  terminal.has_modes = tcgetattr(output, &terminal.modes) == 0;
  terminal.own = fcntl(output, F_DUPFD_CLOEXEC, 3);
  terminal.nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  terminal.silence = eventfd(0, EFD_CLOEXEC);
  if (terminal.own < 0 || terminal.nowhere < 0 || terminal.silence < 0) return false;
  atomic_store(&terminal.active, true);
  // For an exit() from anywhere while the screen is up.
  if (!registered) registered = atexit(cn_restore_now) == 0;
  return true;
}

void cn_remember_sequence(const char *text, int32_t bytes) {
  memcpy(terminal.restore, text, (size_t)bytes);
  terminal.bytes = bytes;
}

void cn_forget_terminal(void) {
  atomic_store(&terminal.active, false);
  cn_redirect(false);
  close(terminal.own);
  close(terminal.nowhere);
  close(terminal.silence);
}

// Async-signal-safe; does its work once.
void cn_restore_now(void) {
  if (!atomic_exchange(&terminal.active, false)) return;
  // The screen's thread still runs: it must not draw over the backtrace, nor take the keys of who reads it.
  dup2(terminal.nowhere, terminal.output);
  dup2(terminal.silence, terminal.input);
  if (write(terminal.own, terminal.restore, (size_t)terminal.bytes) < 0) return;
  if (terminal.has_modes) tcsetattr(terminal.own, TCSANOW, &terminal.modes);
  cn_redirect(false);
}

static void crash(int number, siginfo_t *info, void *context) {
  (void)context;
  cn_restore_now();
  for (int i = 0; i < CRASHES; i++)
    if (crashes[i] == number) sigaction(number, &crashes_before[i], NULL);
  // A fault happens again when this returns; a signal that somebody sent (abort, kill) does not.
  if (info->si_code <= 0) raise(number);
}

// MARK: Installing

static bool is_ignored(const struct sigaction *action) {
  return !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_IGN;
}

bool cn_signals_install(void) {
  if (wake_descriptor < 0) wake_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_descriptor < 0) return false;
  atomic_store(&pending, 0);
  struct sigaction watch = {.sa_handler = note, .sa_flags = SA_RESTART | SA_ONSTACK};
  sigemptyset(&watch.sa_mask);
  for (int i = 0; i < WATCHED; i++) {
    sigaction(watched[i].number, NULL, &watched_before[i]);
    // nohup and `trap ''` mean what they say.
    if (!is_ignored(&watched_before[i])) sigaction(watched[i].number, &watch, NULL);
  }
  struct sigaction fall = {.sa_sigaction = crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  sigemptyset(&fall.sa_mask);
  for (int i = 0; i < CRASHES; i++) sigaction(crashes[i], &fall, &crashes_before[i]);
  return true;
}

void cn_signals_remove(void) {
  for (int i = 0; i < WATCHED; i++) sigaction(watched[i].number, &watched_before[i], NULL);
  for (int i = 0; i < CRASHES; i++) sigaction(crashes[i], &crashes_before[i], NULL);
}

// While a child has the terminal: Ctrl-Z stops us with it and a request to end needs no cleaning up, so both take
// their default course; Ctrl-C is for the child, and what the handler noted of it is dropped afterwards.
void cn_signals_for_child(bool running) {
  struct sigaction usual = {.sa_handler = running ? SIG_DFL : note, .sa_flags = SA_RESTART | SA_ONSTACK};
  sigemptyset(&usual.sa_mask);
  for (int i = 0; i < WATCHED; i++) {
    bool passes = watched[i].bit & (CN_STOPPED | CN_TERMINATED | CN_HUNG_UP);
    if (passes && !is_ignored(&watched_before[i])) sigaction(watched[i].number, &usual, NULL);
  }
  if (!running) atomic_fetch_and(&pending, (uint32_t) ~(CN_INTERRUPTED | CN_QUIT | CN_STOPPED | CN_CONTINUED));
}

// Stops the whole job, as the shell expects of Ctrl-Z (a wrapper script has to stop with us), and returns once it is
// continued. The default action is asked for, not SIGSTOP, because the kernel drops SIGTSTP where nobody could continue
// the job again; then this returns after a moment.
void cn_stop_job(void) {
  struct sigaction usual = {.sa_handler = SIG_DFL}, ours;
  sigemptyset(&usual.sa_mask);
  sigaction(SIGTSTP, &usual, &ours);
  kill(0, SIGTSTP);
  // The signal may reach another thread first: go on when SIGCONT was noted, or nothing stopped us.
  for (int i = 0; i < 10 && !(atomic_load(&pending) & CN_CONTINUED); i++) cn_wait(-1, 10);
  sigaction(SIGTSTP, &ours, NULL);
}
