import Configuration
import Foundation
import Logging
import Yams

extension ManagerConfiguration {
  /// Reads the configuration: flags win over the environment, that over `manager.yaml`.
  ///
  /// - Parameters:
  ///   - folder: where `manager.yaml` is.
  ///   - environment: the process's environment.
  ///   - flags: values from the command line, by key.
  /// - Throws: ``ManagerError``: `unreadableFile` when there is no readable `manager.yaml`, `configuration` when a key is
  ///   unknown, missing, or has a value that cannot be read. Nothing is guessed.
  public static func load(
    folder: ManagerFolder, environment: [String: String], flags: [String: String] = [:]
  ) async throws(ManagerError) -> ManagerConfiguration {
    let text: String
    do {
      text = try String(contentsOfFile: folder.configuration, encoding: .utf8)
    } catch {
      throw ManagerError(
        .unreadableFile, "There is no readable configuration \(folder.configuration).",
        remedy: "Make it with 'muster manager init --dir \(folder.path)'.")
    }
    try refuseUnknownKeys(in: text, of: folder.configuration, environment: environment)
    let reader = try await reader(folder: folder, environment: environment, flags: flags)
    return try await read(reader, folder: folder)
  }

  private static func reader(
    folder: ManagerFolder, environment: [String: String], flags: [String: String]
  ) async throws(ManagerError) -> ConfigReader {
    do {
      let values = Dictionary(
        uniqueKeysWithValues: flags.map { key, value in
          (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(.string(value), isSecret: false))
        })
      return ConfigReader(providers: [
        InMemoryProvider(values: values),
        EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "muster"),
        try await FileProvider<YAMLSnapshot>(config: fileReader(folder.configuration)),
      ])
    } catch {
      throw ManagerError(.configuration, "\(folder.configuration) cannot be read: \(error).")
    }
  }

  /// The file provider takes its path from a configuration too; the other way needs one more package.
  private static func fileReader(_ path: String) -> ConfigReader {
    ConfigReader(provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)]))
  }

  /// swift-configuration ignores what nobody asks for, and a mistyped key would silently do nothing.
  private static func refuseUnknownKeys(
    in text: String, of file: String, environment: [String: String]
  ) throws(ManagerError) {
    let known = ConfigurationKey.allCases.map(\.rawValue)
    let keys: [String]
    do {
      keys = try Yams.compose(yaml: text).map { leaves(of: $0, under: "") } ?? []
    } catch {
      throw ManagerError(.configuration, "\(file) is no YAML: \(YAMLFault(error).sentence).")
    }
    if let unknown = keys.first(where: { !known.contains($0) }) {
      throw ManagerError(
        .configuration, "\(file) has the key '\(unknown)', which is unknown.",
        remedy: "Known are: \(known.joined(separator: ", ")).")
    }
    if let unknown = ConfigurationKey.unknownVariables(in: environment.keys).first {
      throw ManagerError(
        .configuration, "The environment has '\(unknown)', which is unknown.",
        remedy: "Known are: \(ConfigurationKey.allCases.map(\.variable).joined(separator: ", ")).")
    }
  }

  private static func leaves(of node: Node, under path: String) -> [String] {
    guard let mapping = node.mapping else { return [path] }
    return mapping.flatMap { key, value in
      leaves(of: value, under: path.isEmpty ? key.string ?? "?" : "\(path).\(key.string ?? "?")")
    }
  }
}
