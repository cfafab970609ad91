// What neither Swift nor a register can say: single instructions, and the addresses the linker chose.
#pragma once
#include <stdint.h>

// Without the attribute each would be a call: Swift compiles for size.
#define BOARD_INLINE static inline __attribute__((always_inline))

// MARK: - Registers

BOARD_INLINE uint32_t board_read(uint32_t address) { return *(volatile uint32_t *)(uintptr_t)address; }

BOARD_INLINE void board_write(uint32_t address, uint32_t value) { *(volatile uint32_t *)(uintptr_t)address = value; }

// MARK: - Memory that the linker script lays out (its prose says why)

#define BOARD_LINKER_SYMBOL(function, symbol)      \
  BOARD_INLINE uint32_t *_Nonnull function(void) { \
    extern uint32_t symbol[];                       \
    return symbol;                                  \
  }

BOARD_LINKER_SYMBOL(board_stack_start, __stack_start)
BOARD_LINKER_SYMBOL(board_stack_end, __stack_end)
BOARD_LINKER_SYMBOL(board_data_load, __data_load)
BOARD_LINKER_SYMBOL(board_data_start, __data_start)
BOARD_LINKER_SYMBOL(board_data_end, __data_end)
BOARD_LINKER_SYMBOL(board_bss_start, __bss_start)
BOARD_LINKER_SYMBOL(board_bss_end, __bss_end)
BOARD_LINKER_SYMBOL(board_arena_start, __arena_start)
BOARD_LINKER_SYMBOL(board_arena_end, __arena_end)
BOARD_LINKER_SYMBOL(board_storage_start, __storage_start)
BOARD_LINKER_SYMBOL(board_storage_end, __storage_end)

// MARK: - Instructions

#if defined(__arm__)

BOARD_INLINE uint32_t board_stack_pointer(void) {
  uint32_t value;
  __asm__ volatile("mov %0, sp" : "=r"(value));
  return value;
}

/// Also a compiler barrier: what an interrupt handler wrote is read anew after it.
BOARD_INLINE void board_disable_interrupts(void) { __asm__ volatile("cpsid i" ::: "memory"); }

BOARD_INLINE void board_enable_interrupts(void) { __asm__ volatile("cpsie i" ::: "memory"); }

/// Sleeps until an interrupt is pending. It wakes with interrupts disabled too, which closes the gap between looking
/// for work and falling asleep.
BOARD_INLINE void board_wait_for_interrupt(void) { __asm__ volatile("dsb\n wfi" ::: "memory"); }

BOARD_INLINE void board_barrier(void) { __asm__ volatile("dsb\n isb" ::: "memory"); }

#else  // The drivers' tests on the host have no interrupts.

BOARD_INLINE uint32_t board_stack_pointer(void) { return 0; }
BOARD_INLINE void board_disable_interrupts(void) {}
BOARD_INLINE void board_enable_interrupts(void) {}
BOARD_INLINE void board_wait_for_interrupt(void) {}
BOARD_INLINE void board_barrier(void) {}

#endif

/// The image's main, which the board's reset handler calls once memory is ready.
int board_main(void) __asm__("main");
