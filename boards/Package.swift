// swift-tools-version: 6.2
import PackageDescription

// Firmware. Its own package, so that the host's `swift build` never tries to link an image for a board. Flags for the
// Embedded compilation come from the toolset that scripts/firmware.sh makes out of a board's board.json.
//
// `Core` is a link to ../Sources: the same files, compiled a second time. A path dependency on the package above would
// say the same, and fetch every package of the servers before the first line is compiled.
let settings: [SwiftSetting] = [
  .enableExperimentalFeature("Lifetimes"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
  .target(name: name, dependencies: dependencies, path: path ?? name, swiftSettings: settings)
}

func image(_ name: String, _ dependencies: [Target.Dependency], path: String) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

let package = Package(
  name: "boards",
  targets: [
    // The core and the device.
    library("SerialLink", [], path: "Core/SerialLink"),
    library("CoAP", [], path: "Core/CoAP"),
    library("COSE", [], path: "Core/COSE"),
    library("OSCORE", ["CoAP", "COSE"], path: "Core/OSCORE"),
    library("Trust", ["COSE"], path: "Core/Trust"),
    library("Whitelist", ["COSE"], path: "Core/Whitelist"),
    library("DeviceKit", ["SerialLink", "CoAP", "COSE", "OSCORE", "Trust"], path: "Core/DeviceKit"),
    library("DeviceCrypto", ["CMbedTLS", "COSE"], path: "Core/DeviceCrypto"),
    .target(name: "CMbedTLS", path: "Core/CMbedTLS"),
    // What all boards share.
    .target(name: "CBoard", path: "CBoard", cSettings: [.unsafeFlags(["-fno-builtin"])]),
    .target(name: "CSemihosting", path: "CSemihosting"),
    library("Registers", ["CBoard"]),
    library("Firmware", ["CBoard", "Registers", "SerialLink", "COSE", "DeviceKit", "DeviceCrypto", "Whitelist"]),
    // Chip families: drivers over a register bus.
    library("NRF51", ["Registers"]),
    library("CMSDK", ["Registers"]),
    // The BBC micro:bit (nRF51822, Cortex-M0).
    library(
      "MicrobitBoard", ["CBoard", "Registers", "NRF51", "DeviceKit", "DeviceCrypto", "Firmware"], path: "microbit/Board"
    ),
    image("microbit", ["MicrobitBoard", "Firmware", "DeviceCrypto", "DeviceKit"], path: "microbit/Firmware"),
    image("microbit-measure", ["MicrobitBoard", "Firmware", "DeviceCrypto", "DeviceKit"], path: "microbit/Measure"),
    // ARM's MPS2 with the AN386 image (Cortex-M4).
    library(
      "MPS2Board", ["CBoard", "Registers", "CMSDK", "DeviceKit", "DeviceCrypto", "Firmware"], path: "mps2-an386/Board"),
    image("mps2-an386", ["MPS2Board", "Firmware", "DeviceCrypto", "DeviceKit"], path: "mps2-an386/Firmware"),
    image(
      "mps2-an386-qemu", ["MPS2Board", "Firmware", "DeviceCrypto", "DeviceKit", "CSemihosting"],
      path: "mps2-an386/FirmwareQEMU"),
    image(
      "mps2-an386-qemu-measure", ["MPS2Board", "Firmware", "DeviceCrypto", "DeviceKit", "CSemihosting"],
      path: "mps2-an386/MeasureQEMU"),
    // On the host: what the drivers read and write. `swift build --product boardsPackageTests` builds nothing else.
    .testTarget(
      name: "BoardsTests", dependencies: ["Registers", "NRF51", "CMSDK"], path: "Tests", swiftSettings: settings),
  ]
)
