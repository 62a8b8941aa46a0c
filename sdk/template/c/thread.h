/* One thread and one flag, on POSIX and Windows. */
#ifndef PULSE_THREAD_H
#define PULSE_THREAD_H

#ifdef _WIN32
#include <process.h>
#include <windows.h>
typedef HANDLE pulse_thread;
typedef volatile LONG pulse_flag;
#define PULSE_THREAD_MAIN(name) static unsigned __stdcall name(void* argument)
#define pulse_set(flag, value) InterlockedExchange((flag), (value))
#define pulse_get(flag) InterlockedCompareExchange((flag), 0, 0)
static int pulse_begin(pulse_thread* thread, unsigned(__stdcall* run)(void*), void* argument) {
  *thread = (HANDLE)_beginthreadex(NULL, 0, run, argument, 0, NULL);
  return *thread != 0;
}
static void pulse_join(pulse_thread thread) {
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}
#else
#include <pthread.h>
#include <stdatomic.h>
typedef pthread_t pulse_thread;
typedef atomic_long pulse_flag;
#define PULSE_THREAD_MAIN(name) static void* name(void* argument)
#define pulse_set(flag, value) atomic_store((flag), (value))
#define pulse_get(flag) atomic_load(flag)
static int pulse_begin(pulse_thread* thread, void* (*run)(void*), void* argument) {
  return pthread_create(thread, NULL, run, argument) == 0;
}
static void pulse_join(pulse_thread thread) { pthread_join(thread, NULL); }
#endif

#endif
