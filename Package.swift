// swift-tools-version: 6.2
import PackageDescription

// The core and DeviceKit follow the embedded rule (docs/architecture.md): they compile here as ordinary Swift and in
// boards/Package.swift as Embedded Swift without allocations. Flags that only the Embedded compilation needs live in
// the boards' toolset files.
let embedded: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let host: [SwiftSetting] = [.enableUpcomingFeature("MemberImportVisibility")]

let package = Package(
  name: "muster",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "muster", targets: ["muster"]),
    .library(name: "SerialLink", targets: ["SerialLink"]),
    .library(name: "CoAP", targets: ["CoAP"]),
    .library(name: "COSE", targets: ["COSE"]),
    .library(name: "OSCORE", targets: ["OSCORE"]),
    .library(name: "Trust", targets: ["Trust"]),
    .library(name: "Whitelist", targets: ["Whitelist"]),
    .library(name: "DeviceKit", targets: ["DeviceKit"]),
    .library(name: "DeviceCrypto", targets: ["DeviceCrypto"]),
    // For Benchmarks/, which are packages of their own.
    .library(name: "MockCA", targets: ["MockCA"]),
    .library(name: "PKI", targets: ["PKI"]),
    .library(name: "Policy", targets: ["Policy"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0", traits: [.defaults, "YAML"]),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.0.0"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.5.0"),
  ],
  targets: [
    // The core: what both ends speak.
    .target(name: "SerialLink", swiftSettings: embedded),
    .target(name: "CoAP", swiftSettings: embedded),
    .target(name: "COSE", swiftSettings: embedded),
    .target(name: "OSCORE", dependencies: ["CoAP", "COSE"], swiftSettings: embedded),
    .target(name: "Trust", dependencies: ["COSE"], swiftSettings: embedded),
    .target(name: "Whitelist", dependencies: ["COSE"], swiftSettings: embedded),
    // The device.
    .target(name: "DeviceKit", dependencies: ["CoAP", "COSE", "OSCORE", "Trust"], swiftSettings: embedded),
    .target(name: "DeviceCrypto", dependencies: ["CMbedTLS", "COSE"], swiftSettings: embedded),
    .target(name: "CMbedTLS"),
    // The host.
    .target(name: "Edge", swiftSettings: host),
    .target(
      name: "Durability",
      dependencies: [.product(name: "Crypto", package: "swift-crypto"), .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: host),
    .target(
      name: "CoAPStream",
      dependencies: ["CoAP", .product(name: "NIOCore", package: "swift-nio")], swiftSettings: host),
    .target(
      name: "Gateway",
      dependencies: [
        "SerialLink", "CoAP", "CoAPStream", "Edge",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: host),
    .target(
      name: "PKI",
      dependencies: [
        "COSE", "COpenSSL", "CPKCS11", "Edge", "Trust", "Whitelist",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ], swiftSettings: host),
    .target(
      name: "Policy", dependencies: ["PKI", "Whitelist", .product(name: "Yams", package: "Yams")], swiftSettings: host),
    .systemLibrary(name: "CPKCS11", providers: [.apt(["libp11-kit-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // Enrolment over Secure Transport, as far as every server of it is alike: bodies and answers.
    .target(
      name: "EST",
      dependencies: [
        "Edge", "PKI",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
      ], swiftSettings: host),
    .target(
      name: "MockCA",
      dependencies: [
        "Durability", "Edge", "EST", "PKI",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: host),
    .target(
      name: "Manager",
      dependencies: [
        "CoAP", "CoAPStream", "COSE", "Durability", "Edge", "EST", "OSCORE", "PKI", "Trust",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: host),
    // The demonstration: every process of a network on one machine. The end-to-end tests drive the same code.
    .target(
      name: "Demo",
      dependencies: [
        "Durability", "Gateway",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: host),
    .executableTarget(
      name: "muster",
      dependencies: [
        "CoAP", "CoAPStream", "COSE", "Demo", "Edge", "Gateway", "Manager", "MockCA", "PKI", "Policy", "Trust",
        "Whitelist",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ], swiftSettings: host),
    // Tests mirror Sources. Three targets serve several of them: chance with a seed and independent implementations,
    // the manager's end of a session to set against a device, and a device on the host with what it stands on.
    .target(name: "TestKit", path: "Tests/TestKit"),
    .target(
      name: "SessionPeer", dependencies: ["CoAP", "COSE", "OSCORE", "PKI"], path: "Tests/SessionPeer",
      swiftSettings: embedded),
    .target(
      name: "DeviceBench",
      dependencies: [
        "COSE", "CoAP", "CoAPStream", "DeviceKit", "PKI", .product(name: "X509", package: "swift-certificates"),
      ], path: "Tests/DeviceBench", swiftSettings: embedded),
    // Requests that are wrong, for whoever takes requests.
    .target(
      name: "RequestBench", dependencies: ["TestKit", .product(name: "Crypto", package: "swift-crypto")],
      path: "Tests/RequestBench", swiftSettings: host),
    .target(name: "ManagerBench", dependencies: ["Manager"], path: "Tests/ManagerBench", swiftSettings: host),
    .testTarget(
      name: "SerialLinkTests", dependencies: ["SerialLink", "TestKit"], exclude: ["oracle"], swiftSettings: embedded),
    .testTarget(
      name: "CoAPTests", dependencies: ["CoAP", "TestKit"], exclude: ["oracle"], swiftSettings: embedded),
    .testTarget(
      name: "COSETests", dependencies: ["COSE", "TestKit", .product(name: "Crypto", package: "swift-crypto")],
      exclude: ["oracle"], swiftSettings: embedded),
    .testTarget(
      name: "OSCORETests",
      dependencies: ["CoAP", "COSE", "OSCORE", "PKI", "TestKit", .product(name: "Crypto", package: "swift-crypto")],
      exclude: ["oracle", "vectors"],
      swiftSettings: embedded),
    .testTarget(
      name: "TrustTests",
      dependencies: ["COSE", "PKI", "TestKit", "Trust", .product(name: "Crypto", package: "swift-crypto")],
      exclude: ["oracle"], swiftSettings: embedded),
    .testTarget(name: "EdgeTests", dependencies: ["Edge"]),
    .testTarget(
      name: "DurabilityTests", dependencies: ["Durability", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(
      name: "WhitelistTests",
      dependencies: ["COSE", "PKI", "TestKit", "Whitelist", .product(name: "Crypto", package: "swift-crypto")],
      exclude: ["oracle"], swiftSettings: embedded),
    .testTarget(
      name: "CoAPStreamTests",
      dependencies: [
        "CoAP", "CoAPStream", "TestKit",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], exclude: ["oracle"]),
    .testTarget(
      name: "DeviceCryptoTests",
      dependencies: [
        "DeviceCrypto", "CMbedTLS", "COSE", "CoAP", "CoAPStream", "CPSATap", "DeviceKit", "DeviceBench", "PKI",
        "SessionPeer", "TestKit", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: embedded),
    .target(name: "CPSATap", path: "Tests/CPSATap"),
    .testTarget(
      name: "DeviceKitTests",
      dependencies: [
        "COSE", "CoAP", "DeviceKit", "OSCORE", "PKI", "SessionPeer", "TestKit", "Trust",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"), .product(name: "SwiftASN1", package: "swift-asn1"),
      ],
      swiftSettings: embedded),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", "SerialLink", "CoAP", "CoAPStream", "Edge", "TestKit",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ], exclude: ["oracle"]),
    .testTarget(
      name: "PKITests",
      dependencies: [
        "COSE", "CPKCS11", "PKI", "TestKit",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
      ], exclude: ["oracle"]),
    .testTarget(
      name: "PolicyTests", dependencies: ["PKI", "Policy", "TestKit", "Whitelist"], swiftSettings: host),
    .testTarget(
      name: "MockCATests",
      dependencies: [
        "Durability", "MockCA", "PKI", "RequestBench", "TestKit",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
      ], exclude: ["oracle"]),
    .testTarget(
      name: "ManagerTests",
      dependencies: [
        "COSE", "CoAP", "CoAPStream", "DeviceBench", "Gateway", "Manager", "ManagerBench", "MockCA", "OSCORE", "PKI",
        "RequestBench", "TestKit", "Trust",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], exclude: ["oracle"]),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "COSE", "CoAP", "CoAPStream", "DeviceBench", "DeviceKit", "OSCORE", "PKI", "SerialLink", "SessionPeer",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: embedded),
    .testTarget(
      name: "AttackTests",
      dependencies: [
        "COSE", "CoAP", "CoAPStream", "DeviceBench", "DeviceCrypto", "DeviceKit", "Gateway", "Manager", "ManagerBench",
        "OSCORE", "PKI", "SerialLink", "TestKit",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      swiftSettings: embedded),
    .testTarget(name: "EndToEndTests", dependencies: ["Demo"], exclude: ["oracle"]),
  ]
)
