// ARM semihosting: a program under a debugger or emulator asks the host for a service. Only images whose name says QEMU
// link this; on real hardware without a debugger the BKPT instruction is a fault.
#pragma once
#include <stdint.h>

/// Fills `bytes` from the host's /dev/urandom. Returns the number of bytes that could not be read: 0 is success.
uint32_t semihosting_urandom(uint8_t *_Nonnull bytes, uint32_t count);
