import ArgumentParser
import MockCA

extension CACommand {
  /// What a registration authority may order.
  struct LimitOptions: ParsableArguments {
    @Option(name: .customLong("profile"), help: "A profile that it may order; repeat for more. Default: all.")
    var profiles: [String] = []

    @Option(name: .customLong("domain"), help: "A domain under which DNS names must be; repeat for more. Default: any.")
    var domains: [String] = []

    @Option(help: "The only organization (O) that a subject may name.")
    var organization: String?

    @Option(help: "How many orders it may make a day (UTC).")
    var perDay: Int?

    func validate() throws {
      guard perDay ?? 0 >= 0 else { throw ValidationError("--per-day is no negative number.") }
    }

    /// Nil when nothing is limited.
    var limits: AuthorityLimits? {
      let limits = AuthorityLimits(
        profiles: profiles.isEmpty ? nil : profiles, domains: domains.isEmpty ? nil : domains,
        organization: organization, perDay: perDay)
      return limits == AuthorityLimits() ? nil : limits
    }
  }
}

extension AuthorityLimits {
  /// The limits in one line, for people.
  var line: String {
    let parts = [
      profiles.map { "profiles \($0.joined(separator: ", "))" },
      domains.map { "domains \($0.joined(separator: ", "))" },
      organization.map { "organization \($0)" }, perDay.map { "\($0) orders a day" },
    ].compactMap { $0 }
    return parts.isEmpty ? "none" : parts.joined(separator: "; ")
  }
}
