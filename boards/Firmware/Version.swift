/// The version that a device tells its manager.
let firmwareVersion: StaticString = "0.2.0"
