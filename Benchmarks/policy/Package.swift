// swift-tools-version: 6.2
import PackageDescription

// A package of its own, as Benchmarks/ca is. Run it by `swift run -c release --package-path Benchmarks/policy`.
let package = Package(
  name: "policy-benchmark",
  platforms: [.macOS(.v26)],
  dependencies: [.package(name: "muster", path: "../..")],
  targets: [
    .executableTarget(
      name: "policy-benchmark",
      dependencies: [
        .product(name: "PKI", package: "muster"), .product(name: "Policy", package: "muster"),
        .product(name: "Whitelist", package: "muster"),
      ],
      swiftSettings: [.enableUpcomingFeature("MemberImportVisibility")])
  ]
)
