public func echo(on board: consuming some Board) {
  var board = board
  while true {
    board.feedWatchdog()
    while let byte = board.nextByte() { board.send(byte &+ 1) }
    board.sleep(milliseconds: 1000)
  }
}
