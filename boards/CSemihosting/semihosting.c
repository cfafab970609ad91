#include "semihosting.h"

enum { sys_open = 0x01, sys_read = 0x06, mode_rb = 1 };

static uint32_t call(uint32_t operation, const void *parameters) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = parameters;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

uint32_t semihosting_urandom(uint8_t *bytes, uint32_t count) {
  static uint32_t handle;  // 0 is never a file's handle here: QEMU counts from 1.
  if (handle == 0) {
    static const char path[] = "/dev/urandom";
    const uint32_t open[] = {(uint32_t)(uintptr_t)path, mode_rb, sizeof path - 1};
    const uint32_t opened = call(sys_open, open);
    if (opened == UINT32_MAX) return count;
    handle = opened;
  }
  const uint32_t read[] = {handle, (uint32_t)(uintptr_t)bytes, count};
  return call(sys_read, read);
}
