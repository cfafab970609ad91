import Foundation

/// What an enrolment is done by: the network's names, and how patient the manager is.
struct EnrolmentPolicy: Sendable, Equatable {
  /// The network's name, the O of every subject.
  var network: String
  /// The DNS suffix of the devices' names; none without.
  var nameSuffix: String?
  /// What devices on lines may ask for: the profile `device`.
  var enrolment = EnrolmentProfile.builtIn
  /// The CA's profile for devices.
  var profile: String { enrolment.label }
  /// How long a device may take to report after it took its certificate.
  var reportPatience: Duration = .seconds(30)
  /// How often in a row a device may be refused, or refuse, before an administrator has to look.
  var refusalLimit = 5
  /// The shortest wait after a failure; it doubles with each further one.
  var shortestWait: Duration = .seconds(1)
  /// The longest wait between two tries to reach a device.
  var longestDeviceWait: Duration = .seconds(60)
  /// The longest wait between two tries to reach the CA, unless the CA itself asks for more.
  var longestAuthorityWait: Duration = .seconds(300)

  init(network: String, nameSuffix: String? = nil) {
    self.network = network
    self.nameSuffix = nameSuffix
  }

  /// The DNS name of a device; nil without a suffix, or when the device's id cannot be a label of a name.
  func dnsName(of id: DeviceID) -> String? {
    guard let nameSuffix, !id.text.hasSuffix("-") else { return nil }
    return "\(id.text.lowercased()).\(nameSuffix)"
  }

  func wait(_ cause: Wait.Cause, failures: Int) -> Wait {
    let longest =
      switch cause {
      case .device, .report, .store: longestDeviceWait
      case .authority, .refusal: longestAuthorityWait
      }
    let doubled = shortestWait * (1 << min(max(failures - 1, 0), 20))
    return Wait(cause: cause, duration: min(doubled, longest), failures: failures)
  }
}
