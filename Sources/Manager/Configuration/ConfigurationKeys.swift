/// The keys of `manager.yaml`, each also an environment variable `MUSTER_…` in capitals with underscores.
enum ConfigurationKey: String, CaseIterable {
  case network
  case nameSuffix
  case connector
  case authorityURL = "ca.url"
  case authorityAnchor = "ca.anchor"
  case statusInterval = "ca.statusIntervalSeconds"
  case adminListen = "admin.listen"
  case adminNames = "admin.names"
  case gatewaysListen = "gateways.listen"
  case gatewaysNames = "gateways.names"
  case trustDescriptor = "trust.descriptor"
  case pendingLimit = "enrolment.pendingLimit"
  case newDevicesPerMinute = "enrolment.newDevicesPerMinute"
  case reportPatience = "enrolment.reportPatienceSeconds"
  case profiles = "enrolment.profiles"
  case estListen = "est.listen"
  case operationsListen = "operations.listen"
  case logLevel = "log.level"
  case logFormat = "log.format"

  /// The environment variable of the same meaning: `ca.url` is `MUSTER_CA_URL`, `nameSuffix` is `MUSTER_NAME_SUFFIX`.
  var variable: String {
    rawValue.reduce(into: "MUSTER_") { name, character in
      if character.isUppercase { name.append("_") }
      name += character == "." ? "_" : character.uppercased()
    }
  }

  /// The environment variables that begin like one of ours and are none: most likely a slip of the pen.
  static func unknownVariables(in environment: some Sequence<String>) -> [String] {
    let known = Set(allCases.map(\.variable))
    let sections = [
      "MUSTER_NETWORK", "MUSTER_NAME_", "MUSTER_CONNECTOR", "MUSTER_CA_", "MUSTER_ADMIN_", "MUSTER_GATEWAYS_",
      "MUSTER_ENROLMENT_", "MUSTER_EST_",
      "MUSTER_TRUST_", "MUSTER_OPERATIONS_",
      "MUSTER_LOG_",
    ]
    return environment.filter { name in !known.contains(name) && sections.contains { name.hasPrefix($0) } }.sorted()
  }
}
