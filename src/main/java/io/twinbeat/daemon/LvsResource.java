package io.twinbeat.daemon;

import io.twinbeat.config.LvsConfig;
import io.twinbeat.config.ServerCheckConfig.How;
import io.twinbeat.control.StatusReport;
import io.twinbeat.decision.Reach;
import io.twinbeat.lvs.Director;
import io.twinbeat.lvs.Finding;
import io.twinbeat.lvs.LvsException;
import io.twinbeat.lvs.ServiceReport;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.Resource;
import io.twinbeat.resource.ResourceException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A director as a resource of a group. */
final class LvsResource implements Resource, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LvsResource.class);

  private final LvsConfig config;
  private final Director director;
  private final Limits limits;
  private volatile List<ReadinessItem> readiness =
      List.of(ReadinessItem.unknown("ipvs", "not looked at yet"));

  LvsResource(LvsConfig config, Director director, Limits limits) {
    this.config = config;
    this.director = director;
    this.limits = limits;
  }

  Director director() {
    return director;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public String type() {
    return "lvs";
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public void prepare() throws ResourceException {
    done(director::prepare);
    inspect();
  }

  @Override
  public void start() throws ResourceException {
    done(director::start);
  }

  @Override
  public void stop(StopMode mode) throws ResourceException {
    done(director::stop);
  }

  @Override
  public void standBy() throws ResourceException {
    done(director::standBy);
  }

  /** It is data about the real servers: a dead one has to leave it in a maintenance, too. */
  @Override
  public boolean keptInMaintenance() {
    return true;
  }

  private interface Deed {
    void act() throws LvsException;
  }

  private static void done(Deed deed) throws ResourceException {
    try {
      deed.act();
    } catch (LvsException e) {
      throw new ResourceException(e.getMessage(), e);
    }
  }

  @Override
  public Health check() {
    Director.Condition condition = director.check();
    return condition.good()
        ? new Health.Healthy(condition.detail())
        : new Health.Failed(condition.detail());
  }

  @Override
  public List<ReadinessItem> readiness() {
    return readiness;
  }

  @Override
  public void inspect() {
    readiness = director.inspect().stream().map(this::item).toList();
  }

  Reach reach() {
    return director.reach();
  }

  private ReadinessItem item(Finding finding) {
    String name = name().equals(type()) ? finding.name() : name() + ": " + finding.name();
    return switch (finding.grade()) {
      case GOOD -> ReadinessItem.good(name, finding.detail());
      case WARNING -> ReadinessItem.warning(name, finding.detail(), finding.mend());
      case BAD -> ReadinessItem.bad(name, finding.detail(), finding.mend());
      case HOPELESS -> ReadinessItem.hopeless(name, finding.detail(), finding.mend());
    };
  }

  /** For those who show it; null while the kernel cannot be asked. */
  List<StatusReport.VirtualService> services() {
    try {
      return director.report().stream().map(LvsResource::shown).toList();
    } catch (LvsException e) {
      log.warn("{}: {}", name(), e.getMessage());
      return null;
    }
  }

  private static StatusReport.VirtualService shown(ServiceReport service) {
    return new StatusReport.VirtualService(
        service.service(),
        service.scheduler(),
        service.up() ? "ok" : service.sorry() ? "sorry" : "below quorum",
        service.liveWeight(),
        service.quorum(),
        service.servers().stream().map(LvsResource::shown).toList());
  }

  private static StatusReport.RealServer shown(ServiceReport.Server server) {
    String seen = !server.looked() ? "unchecked" : server.up() ? "up" : "down";
    return new StatusReport.RealServer(
        server.name(),
        server.address(),
        server.drained() ? "drained" : seen,
        server.weight(),
        server.connections().active(),
        server.connections().inactive(),
        server.detail());
  }

  /** A check that is another one on the other node would judge the same servers differently. */
  @Override
  public List<Path> files() {
    return config.services().stream()
        .filter(service -> service.check().how() instanceof How.Script)
        .map(service -> ((How.Script) service.check().how()).path())
        .distinct()
        .toList();
  }

  @Override
  public void close() {
    director.close();
  }
}
