// First fit over blocks of words. Each block begins with one word: its length in words, header included, shifted left
// by one, and in the lowest bit whether it is in use. The blocks fill the arena without gaps, so a header leads to the
// next; free neighbours are merged on the way while searching, which keeps `arena_free` at one instruction.
//
// mbedTLS frees nearly in the order of a stack, so first fit hardly fragments: the peak is within a few per cent of
// the sum of what is alive.

#include "arena.h"
#include <stdint.h>
#include <string.h>

enum { used = 1 };

static uint32_t *arena;
static uint32_t arena_words;
static uint32_t peak_words;

void arena_use(void *memory, size_t bytes) {
  const size_t most = 1u << 20;
  arena = memory;
  arena_words = (uint32_t)((bytes < most ? bytes : most) / sizeof *arena);
  peak_words = 0;
  if (arena_words > 0) arena[0] = arena_words << 1;
}

/// The length of the free block at `index` once all free blocks that follow it are merged into it.
static uint32_t merged_length(uint32_t index) {
  uint32_t length = arena[index] >> 1;
  while (index + length < arena_words && !(arena[index + length] & used)) {
    length += arena[index + length] >> 1;
  }
  arena[index] = length << 1;
  return length;
}

void *arena_calloc(size_t count, size_t bytes) {
  const size_t arena_bytes = arena_words * sizeof *arena;
  if (bytes != 0 && count > arena_bytes / bytes) return NULL;
  const uint32_t wanted = (uint32_t)((count * bytes + sizeof *arena - 1) / sizeof *arena) + 1;

  uint32_t length;
  for (uint32_t index = 0; index < arena_words; index += length) {
    length = arena[index] >> 1;
    if (arena[index] & used) continue;
    length = merged_length(index);
    if (length < wanted) continue;

    if (length > wanted) arena[index + wanted] = (length - wanted) << 1;
    arena[index] = wanted << 1 | used;
    if (index + wanted > peak_words) peak_words = index + wanted;
    return memset(arena + index + 1, 0, (wanted - 1) * sizeof *arena);
  }
  return NULL;
}

void arena_free(void *memory) {
  if (memory != NULL) ((uint32_t *)memory)[-1] &= ~(uint32_t)used;
}

size_t arena_peak_bytes(void) { return peak_words * sizeof *arena; }

void arena_restart_peak(void) { peak_words = 0; }
