package io.twinbeat.config;

/** One resource of a group; its name is unique within the group. */
public sealed interface ResourceConfig
    permits AddressConfig, NginxConfig, SystemdConfig, ScriptConfig, OcfConfig, LvsConfig {
  String name();

  Timeouts timeouts();
}
