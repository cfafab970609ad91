extension CASettings {
  /// Where a CA on one machine tells its certificates' status, unless its owner says another place.
  static let defaultURL = "http://127.0.0.1:8542"

  /// What `muster ca init` writes as `ca.yaml`.
  ///
  /// - Parameter url: where the status listener will be reached.
  static func document(url: String) -> String {
    """
    # What this CA issues, and where it tells its certificates' status. It is read at start; certificates that were issued
    # keep what they say. docs/ca.md explains every setting.

    # Where the status listener ('muster ca run --status-port') is reached: certificates name it, so keep it short.
    url: \(url)

    # What may be ordered. A request chooses its key, and subject and names within these rules; what is not named here is
    # refused, and what stands under 'overridden' may be asked for to no effect.
    profiles:
      # A device's identity (802.1AR). It carries its chain, so it has no pointer to its issuer's certificate.
      device:
        subject: { required: [serialNumber, CN], optional: [O] }
        dnsNames: { most: 4 }
        overridden: [basicConstraints, keyUsage, extendedKeyUsage, subjectKeyIdentifier]
        keyUsage: [digitalSignature]
        extendedKeyUsage: [clientAuth]
        pointers: [crl, ocsp]
        days: 365
      # A gateway: a TLS client by its common name. It has no other names: one could be a device's or a server's.
      gateway:
        subject: { required: [CN], optional: [O] }
        overridden: [basicConstraints, keyUsage, extendedKeyUsage, subjectKeyIdentifier]
        extendedKeyUsage: [clientAuth]
        pointers: [crl, ocsp, issuer]
        days: 90
      # A TLS server.
      server:
        subject: { required: [CN], optional: [O] }
        dnsNames: { most: 8 }
        ipAddresses: { most: 8 }
        leastNames: 1
        overridden: [basicConstraints, keyUsage, extendedKeyUsage, subjectKeyIdentifier]
        extendedKeyUsage: [serverAuth]
        pointers: [crl, ocsp, issuer]
        days: 365

    """
  }
}
