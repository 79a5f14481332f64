using System.Collections.Immutable;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Ports;

/// <summary>The event log. It is the truth: twins, alerts and history are made from it.</summary>
public interface ITwinJournal
{
    /// <summary>
    /// Makes the events durable, and with them, in the same commit, the messages they cause and the rows of the alerts they
    /// open or change. Completes after the commit, which is shared by many devices (group commit). Appends of one device are
    /// never concurrent: its owner waits.
    /// </summary>
    /// <exception cref="JournalConflictException">The device's last version is not <see cref="TwinAppend.AfterVersion"/>: there is a second owner.</exception>
    ValueTask Append(TwinAppend append, CancellationToken cancellation);

    /// <summary>The device's events with a version above <paramref name="afterVersion"/>, in order.</summary>
    IAsyncEnumerable<JournaledEvent> Read(DeviceId device, long afterVersion, CancellationToken cancellation);
}

/// <param name="AfterVersion">Version of the twin before the events; they get the next ones.</param>
/// <param name="Events">At least one.</param>
public sealed record TwinAppend(DeviceId Device, long AfterVersion, ImmutableArray<TwinEvent> Events, ImmutableArray<OutboxMessage> Messages);

public readonly record struct JournaledEvent(long Version, TwinEvent Event);

/// <summary>Somebody else appended to this device's events.</summary>
public sealed class JournalConflictException : Exception
{
    public JournalConflictException(DeviceId device, long expected, long actual)
        : base($"Device {device} was expected at version {expected} but is at {actual}: it has a second owner.")
    {
    }

    public JournalConflictException(string message)
        : base(message)
    {
    }

    public JournalConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public JournalConflictException()
    {
    }
}
