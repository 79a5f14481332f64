using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Silos;

/// <summary>
/// The number by which a silo's gateway tells its connections from those of others: the upper half of <see cref="SessionId"/>. A
/// host gives it to its gateway; when a silo dies, the others know by it which connections went with it.
/// </summary>
public static class SiloRun
{
    /// <summary>That of the silo whose services these are.</summary>
    public static int OfThis(IServiceProvider services) => Of(services.GetRequiredService<ILocalSiloDetails>().SiloAddress);

    // Made of address, port and start time, and equal on every machine.
    public static int Of(SiloAddress silo) => silo.GetConsistentHashCode();

    internal static int Of(SessionId session) => (int)(session.Value >> 32);
}
