using System.Diagnostics;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Past;

/// <summary>Devices as they were: what had been received and decided by a moment, folded from the nearest checkpoint before it.</summary>
public sealed class TwinPast(ITwinCheckpoints checkpoints, ITwinJournal journal)
{
    /// <remarks>
    /// Events count up to the first that is later than the moment. Where our clock was set back, what came after is told
    /// once the moment is past the highest time before it: a state that never was is told of no moment.
    /// </remarks>
    public async ValueTask<PastTwin> At(DeviceId device, Instant at, CancellationToken cancellation)
    {
        switch (await checkpoints.Find(device, at, cancellation))
        {
            case PastStart.Expired expired:
                return new PastTwin.Expired(expired.Horizon);

            case PastStart.From start:
                return await Fold(start.Twin, at, cancellation);

            default:
                throw new UnreachableException();
        }
    }

    /// <summary>A twin as far as it is a fold of its events.</summary>
    public static Twin Recorded(Twin twin) => twin with { RecentMessages = RecentMessages.None, Sequences = RecentSequences.None, Session = null, GraceUntil = default };

    private async ValueTask<PastTwin> Fold(Twin twin, Instant at, CancellationToken cancellation)
    {
        await foreach (var (version, happened) in journal.Read(twin.Device, twin.Version, cancellation))
        {
            // Dropped between the two looks.
            if (version != twin.Version + 1)
                return new PastTwin.Expired(null);

            if (happened.At > at)
                break;

            twin = TwinEvolution.Evolve(twin, happened);
        }

        return twin.Exists ? new PastTwin.Known(Recorded(twin)) : new PastTwin.Unheard();
    }
}
