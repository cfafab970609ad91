// The memory of mbedTLS on a board: one block of fixed size that the linker script sets aside, so that what
// keys may use is known when the image is linked, and no image contains malloc.
//
// Not thread-safe, like mbedTLS 2.28's PSA itself. Interrupt handlers must not call it.
#pragma once
#include <stddef.h>

/// Makes `memory` the arena, forgetting everything allocated before. `memory` must be aligned for a `uint32_t`.
/// At most 1 MiB of it is used.
void arena_use(void *_Nullable memory, size_t bytes);

/// Zeroed memory aligned for a `uint32_t`, or NULL when no gap is large enough or the product overflows.
void *_Nullable arena_calloc(size_t count, size_t bytes);

/// Gives memory back. NULL is allowed. Secrets in it are the caller's to erase: mbedTLS erases before it frees.
void arena_free(void *_Nullable memory);

/// The highest end of any allocation since `arena_use` or `arena_restart_peak`, in bytes from the arena's start: what
/// would have sufficed.
size_t arena_peak_bytes(void);

/// Begins a new measurement of the peak.
void arena_restart_peak(void);
