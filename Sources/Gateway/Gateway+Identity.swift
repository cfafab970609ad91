extension Gateway {
  /// Takes up a renewed certificate, if the gateway's files have changed and make a TLS client of the same name.
  ///
  /// What is unusable is reported once and looked at again when it changes: the files of a renewal do not come in the
  /// same instant, and a bad one must not end a gateway that works.
  /// - Returns: what connects with it from now on; nil when nothing is new.
  func renewedConnector() -> ManagerConnector? {
    guard let files = identity.files else { return nil }
    let now = IdentityFiles(directory: files.directory)
    guard now != files, now != unusableFiles else { return nil }
    do throws(GatewayError) {
      let renewed = try GatewayIdentity(directory: files.directory)
      guard renewed.name == identity.name else {
        throw GatewayError(
          .badIdentity, "The certificate in \(files.directory) is now for the gateway \(renewed.name).",
          advice: "Restart the gateway if that is meant.")
      }
      let connector = try ManagerConnector(configuration: configuration, identity: renewed, eventLoop: eventLoop)
      identity = renewed
      unusableFiles = nil
      report(.identityRenewed(notAfter: renewed.notAfter))
      return connector
    } catch {
      unusableFiles = now
      report(.identityUnusable(reason: error.reason))
      return nil
    }
  }
}
