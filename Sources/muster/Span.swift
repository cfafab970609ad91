import ArgumentParser

/// A length of time as people write it: `90s`, `30m`, `12h`, `7d`.
struct Span: ExpressibleByArgument {
  /// Whole seconds, at least one and at most ten years.
  let seconds: Int

  init?(argument: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let unit = argument.last.flatMap({ units[$0] }), let number = Int(argument.dropLast()), number > 0,
      number <= 315_360_000 / unit
    else { return nil }
    seconds = number * unit
  }
}
