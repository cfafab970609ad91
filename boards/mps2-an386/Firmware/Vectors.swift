import MPS2Board

private typealias Handler = @convention(c) () -> Void

/// The vector table (ARMv7-M ARM, B1.5.3, and ARM DAI 0386, table 3-4). The linker script puts the initial stack
/// pointer before it.
///
/// It stands in the image, not in the board's library: Embedded Swift emits a library's `@used` globals again in each
/// client, and the linker refuses the second table.
@section(".vectors") @used
private let vectors:
  (
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler
  ) = (
    // 1 reset, 2 NMI, 3 hard fault, and nothing else wanted up to 15.
    resetHandler, watchdogHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler,
    faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler,
    // Peripherals 0 to 9: UART 0's receive interrupt is 0, timer 1 is 9.
    uartHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler,
    faultHandler, timerHandler
  )
