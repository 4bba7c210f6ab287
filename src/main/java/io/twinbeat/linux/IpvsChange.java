package io.twinbeat.linux;

/** One change of the kernel's IPVS table. */
public sealed interface IpvsChange {
  IpvsService.Key service();

  record AddService(IpvsService wanted) implements IpvsChange {
    @Override
    public IpvsService.Key service() {
      return wanted.key();
    }
  }

  record EditService(IpvsService wanted) implements IpvsChange {
    @Override
    public IpvsService.Key service() {
      return wanted.key();
    }
  }

  /** Its destinations go with it. */
  record RemoveService(IpvsService.Key service) implements IpvsChange {}

  record AddDestination(IpvsService.Key service, IpvsDestination wanted) implements IpvsChange {}

  record EditDestination(IpvsService.Key service, IpvsDestination wanted) implements IpvsChange {}

  record RemoveDestination(IpvsService.Key service, IpvsDestination gone) implements IpvsChange {}
}
