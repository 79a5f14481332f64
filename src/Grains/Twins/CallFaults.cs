using System.Collections.Immutable;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Twins;

/// <summary>What a failed grain call means for whoever sent a command.</summary>
internal static class CallFaults
{
    // A silo that died is taken out of the directory within some seconds; a device waits that long for its answer anyway.
    private const int Attempts = 4;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Calls, and again a few times: while the call was turned away before anything happened; and where its silo died with it,
    /// if doing it twice is doing it once. Otherwise nothing was acknowledged, and the device sends again.
    /// </summary>
    /// <exception cref="TwinUnavailableException">The outcome is unknown.</exception>
    public static async ValueTask<T> Mapped<T>(DeviceId device, Func<ITwinOwnerGrain, ValueTask<T>> call, ITwinOwnerGrain owner, bool mayRepeat, TimeProvider time)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call(owner);
            }
            catch (Exception e) when (attempt < Attempts && IsWorthRepeating(e, mayRepeat))
            {
                await Task.Delay(Between, time);
            }
            catch (Exception e) when (IsOfTheWay(e))
            {
                throw Unavailable(device, e);
            }
        }
    }

    public static bool IsWorthRepeating(Exception fault, bool mayRepeat) =>
        fault is SiloUnavailableException ? mayRepeat : fault is OrleansMessageRejectionException;

    /// <summary>The owner's own faults are said so; whatever else comes back is of the way to it: a silo that died, stops or does not answer.</summary>
    public static bool IsOfTheWay(Exception fault) => fault is not (TwinUnavailableException or ArgumentException);

    public static TwinUnavailableException Unavailable(DeviceId device, Exception fault) =>
        new($"The owner of device {device} could not be reached; nothing was acknowledged.", fault);

    /// <summary>Whether executing it twice is executing it once: the sender named the message, or nothing but time is in it.</summary>
    public static bool MayRepeat(TwinCommand command) => command is TwinCommand.Ingest { KeyIsMessageId: true, Key.IsNone: false } or TwinCommand.Review;

    public static bool MayRepeat(ImmutableArray<TwinCommand> commands) => commands.All(MayRepeat);
}
