import Configuration
import Edge
import Foundation
import Logging

extension ManagerConfiguration {
  static func read(_ reader: ConfigReader, folder: ManagerFolder) async throws(ManagerError) -> ManagerConfiguration {
    let values = ConfigurationValues(reader: reader)
    var configuration = ManagerConfiguration(
      folder: folder, network: try await values.required(.network),
      authorityURL: try await values.required(.authorityURL),
      authorityAnchor: folder.resolve(try await values.text(.authorityAnchor) ?? folder.authorityAnchor))
    guard configuration.authorityURL.hasPrefix("https://") else {
      throw values.wrong(.authorityURL, "an https:// URL")
    }
    configuration.nameSuffix = try await values.text(.nameSuffix)?.lowercased()
    if let name = try await values.text(.connector) {
      guard let connector = Connector(rawValue: name) else {
        throw values.wrong(.connector, Connector.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or "))
      }
      configuration.connector = connector
    }
    configuration.statusIntervalSeconds =
      try await values.number(.statusInterval, in: 10...604_800) ?? configuration.statusIntervalSeconds
    configuration.admin = try await values.address(.adminListen) ?? configuration.admin
    configuration.gateways = try await values.address(.gatewaysListen) ?? configuration.gateways
    configuration.adminNames = try await values.list(.adminNames) ?? configuration.adminNames
    configuration.gatewayNames = try await values.list(.gatewaysNames) ?? configuration.gatewayNames
    configuration.trustDescriptor = try await values.text(.trustDescriptor).map(folder.resolve)
    configuration.pendingLimit = try await values.number(.pendingLimit, in: 0...1_000_000) ?? configuration.pendingLimit
    configuration.newDevicesPerMinute =
      try await values.number(.newDevicesPerMinute, in: 1...60_000) ?? configuration.newDevicesPerMinute
    configuration.reportPatienceSeconds =
      try await values.number(.reportPatience, in: 1...86_400) ?? configuration.reportPatienceSeconds
    configuration.profileFiles = try await values.list(.profiles)?.map(folder.resolve) ?? []
    configuration.est = try await values.address(.estListen)
    configuration.operations = try await values.address(.operationsListen)
    guard configuration.operations?.isLoopback ?? true else {
      throw values.wrong(.operationsListen, "a loopback address such as 127.0.0.1:9464, for it asks nobody who he is")
    }
    if let name = try await values.text(.logFormat) {
      guard let format = LogFormat(rawValue: name) else {
        throw values.wrong(.logFormat, LogFormat.allCases.map { "'\($0.rawValue)'" }.joined(separator: " or "))
      }
      configuration.logFormat = format
    }
    if let level = try await values.text(.logLevel) {
      guard let known = Logger.Level(rawValue: level) else {
        throw values.wrong(.logLevel, "one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      configuration.logLevel = known
    }
    return configuration
  }
}

/// Values by key, each either there and readable, absent, or refused by name.
private struct ConfigurationValues {
  let reader: ConfigReader

  func required(_ key: ConfigurationKey) async throws(ManagerError) -> String {
    guard let value = try await text(key), !value.isEmpty else {
      throw ManagerError(
        .configuration, "The configuration has no '\(key.rawValue)'.",
        remedy: "Set it in manager.yaml, or \(key.variable) in the environment.")
    }
    return value
  }

  func text(_ key: ConfigurationKey) async throws(ManagerError) -> String? {
    do {
      return try await reader.fetchString(forKey: ConfigKey(key.rawValue))
    } catch {
      throw wrong(key, "a text")
    }
  }

  func number(_ key: ConfigurationKey, in range: ClosedRange<Int>) async throws(ManagerError) -> Int? {
    guard let text = try await text(key) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw wrong(key, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func address(_ key: ConfigurationKey) async throws(ManagerError) -> ListenAddress? {
    guard let text = try await text(key) else { return nil }
    guard let address = ListenAddress(text) else { throw wrong(key, "HOST:PORT") }
    return address
  }

  /// A YAML list, or a text with commas between the names.
  func list(_ key: ConfigurationKey) async throws(ManagerError) -> [String]? {
    let listed = try? await reader.fetchStringArray(forKey: ConfigKey(key.rawValue))
    let names: [String]
    if let listed {
      names = listed
    } else if let text = try await text(key) {
      names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    } else {
      return nil
    }
    guard !names.isEmpty, names.count <= 8 else { throw wrong(key, "one to eight names") }
    return names
  }

  func wrong(_ key: ConfigurationKey, _ expected: String) -> ManagerError {
    ManagerError(.configuration, "The configuration's '\(key.rawValue)' must be \(expected).")
  }
}

extension ManagerFolder {
  /// A path of the configuration: relative ones begin in the folder.
  func resolve(_ file: String) -> String { file.hasPrefix("/") ? file : "\(path)/\(file)" }
}

extension ManagerConfiguration {
  /// A logger to standard error, from the configured level on.
  public var logger: Logger {
    var logger = Logger(label: "muster.manager") { [logFormat] label in
      switch logFormat {
      case .text: StreamLogHandler.standardError(label: label)
      case .json: JSONLogHandler(label: label)
      }
    }
    logger.logLevel = logLevel
    return logger
  }
}
