public import Edge
import Foundation
import Logging

/// Everything `muster manager run` is told: from `manager.yaml`, the environment and flags.
public struct ManagerConfiguration: Sendable {
  /// Where the manager keeps its files.
  public var folder: ManagerFolder
  /// The network's name: the O of every device's subject.
  public var network: String
  /// The DNS suffix of the devices' names, lower case; none without.
  public var nameSuffix: String?
  /// Who certifies the devices.
  public var connector: Connector
  /// The CA's base URL.
  public var authorityURL: String
  /// The file with the CA's anchor, PEM.
  public var authorityAnchor: String
  /// How often it is looked what the CA revoked, in seconds.
  public var statusIntervalSeconds: Int
  /// Where the admin API listens.
  public var admin: ListenAddress
  /// The names and addresses that the admin API's certificate is for.
  public var adminNames: [String]
  /// Where gateways connect.
  public var gateways: ListenAddress
  /// The names and addresses that the gateway listener's certificate is for.
  public var gatewayNames: [String]
  /// The file with the trust descriptor that the network's root signed; none without.
  public var trustDescriptor: String?
  /// Where devices come over EST (docs/est.md); nowhere without.
  public var est: ListenAddress?
  /// The files with enrolment profiles (docs/est.md); what they say of `device` is for devices on lines too.
  public var profileFiles: [String] = []
  /// How many unknown devices may wait for an administrator.
  public var pendingLimit: Int
  /// How many unknown devices may call in a minute over one gateway.
  public var newDevicesPerMinute: Int
  /// How long a device may take to report, in seconds.
  public var reportPatienceSeconds: Int
  /// Where health, readiness and metrics are told, a loopback address; nowhere without one.
  public var operations: ListenAddress?
  /// What is worth a line in the log.
  public var logLevel: Logger.Level
  /// How a line of the log looks.
  public var logFormat: LogFormat

  /// A configuration with good values for the rest.
  public init(folder: ManagerFolder, network: String, authorityURL: String, authorityAnchor: String) {
    self.folder = folder
    self.network = network
    self.nameSuffix = nil
    self.connector = .fullCMC
    self.authorityURL = authorityURL
    self.authorityAnchor = authorityAnchor
    self.statusIntervalSeconds = 3600
    self.admin = ListenAddress(host: "127.0.0.1", port: 8443)
    self.adminNames = ["localhost", "127.0.0.1"]
    self.gateways = ListenAddress(host: "127.0.0.1", port: 5684)
    self.gatewayNames = ["localhost", "127.0.0.1"]
    self.trustDescriptor = nil
    self.pendingLimit = 1000
    self.newDevicesPerMinute = 60
    self.reportPatienceSeconds = 30
    self.operations = nil
    self.logLevel = .notice
    self.logFormat = .text
  }

  func enrolmentPolicy(_ profiles: EnrolmentProfiles) -> EnrolmentPolicy {
    var policy = EnrolmentPolicy(network: network, nameSuffix: nameSuffix)
    policy.enrolment = profiles.named[EnrolmentProfile.builtIn.name] ?? .builtIn
    policy.reportPatience = .seconds(reportPatienceSeconds)
    return policy
  }
}

/// Who certifies the devices. Gateways, the manager's own server and the registration authority are always the CA's to certify.
public enum Connector: String, Sendable, CaseIterable {
  /// The CA, order by order.
  case fullCMC = "fullcmc"
  /// The manager, under the sub-CA that the CA delegated to it.
  case local
}

/// How a line of the log looks.
public enum LogFormat: String, Sendable, CaseIterable {
  /// For people.
  case text
  /// A JSON object.
  case json
}

/// Where something listens: a name or an IP address, and a TCP port.
public typealias ListenAddress = HostPort
