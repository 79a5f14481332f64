using System.Collections.Immutable;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Shadows;

/// <summary>
/// Tells of each change of a shadow once it is durable and believed, whoever asked for it: in the order of the changes, by the
/// device's owner, so a listener must be quick and never wait.
/// </summary>
public sealed class ShadowNews
{
    /// <summary>Set once, before the first twin changes.</summary>
    public IShadowListener? Listener { get; set; }

    /// <param name="before">The twin before the events.</param>
    public void Tell(Twin before, ImmutableArray<TwinEvent> events)
    {
        if (Listener is not { } listener)
            return;

        var twin = before;
        foreach (var happened in events)
        {
            if (happened is not (TwinEvent.ShadowUpdated or TwinEvent.ShadowDeleted))
                continue;

            // Other events leave the shadows as they are: the state in between is that of the shadow events alone.
            var after = TwinEvolution.Evolve(twin, happened);
            if (happened is TwinEvent.ShadowUpdated updated)
                listener.Updated(before.Device, twin.FindShadow(updated.Shadow), after.FindShadow(updated.Shadow)!, updated);
            else if (happened is TwinEvent.ShadowDeleted deleted)
                listener.Deleted(before.Device, deleted);
            twin = after;
        }
    }
}

/// <summary>Hears of changes of shadows.</summary>
public interface IShadowListener
{
    /// <param name="before">Null: there was none.</param>
    void Updated(DeviceId device, Shadow? before, Shadow after, TwinEvent.ShadowUpdated happened);

    void Deleted(DeviceId device, TwinEvent.ShadowDeleted happened);
}
