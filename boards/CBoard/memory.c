// The three functions of C that compilers call by themselves, small instead of fast: picolibc's are unrolled, and take
// 600 bytes more on a Cortex-M0. Compiled with -fno-builtin, or each loop would become a call of itself.

#if defined(__arm__)

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict target, const void *restrict source, size_t count) {
  uint8_t *to = target;
  const uint8_t *from = source;
  if ((((uintptr_t)to | (uintptr_t)from) & 3) == 0) {
    for (; count >= 4; count -= 4, to += 4, from += 4) *(uint32_t *)to = *(const uint32_t *)from;
  }
  while (count-- > 0) *to++ = *from++;
  return target;
}

void *memmove(void *target, const void *source, size_t count) {
  if ((uintptr_t)target <= (uintptr_t)source) return memcpy(target, source, count);
  while (count-- > 0) ((uint8_t *)target)[count] = ((const uint8_t *)source)[count];
  return target;
}

void *memset(void *target, int value, size_t count) {
  uint8_t *to = target;
  if (((uintptr_t)to & 3) == 0) {
    const uint32_t word = 0x01010101u * (uint8_t)value;
    for (; count >= 4; count -= 4, to += 4) *(uint32_t *)to = word;
  }
  while (count-- > 0) *to++ = (uint8_t)value;
  return target;
}

// ARM's run-time ABI (IHI 0043, 4.3.4) has its own names for them, and another order of memset's arguments.

#define ALIAS(name, original) __attribute__((alias(#original))) __typeof__(original) name
ALIAS(__aeabi_memcpy, memcpy);
ALIAS(__aeabi_memcpy4, memcpy);
ALIAS(__aeabi_memcpy8, memcpy);
ALIAS(__aeabi_memmove, memmove);
ALIAS(__aeabi_memmove4, memmove);
ALIAS(__aeabi_memmove8, memmove);

void __aeabi_memset(void *target, size_t count, int value) { memset(target, value, count); }
ALIAS(__aeabi_memset4, __aeabi_memset);
ALIAS(__aeabi_memset8, __aeabi_memset);

void __aeabi_memclr(void *target, size_t count) { memset(target, 0, count); }
ALIAS(__aeabi_memclr4, __aeabi_memclr);
ALIAS(__aeabi_memclr8, __aeabi_memclr);
ALIAS(bzero, __aeabi_memclr);  // picolibc's brings its own __aeabi_memclr along

#endif
