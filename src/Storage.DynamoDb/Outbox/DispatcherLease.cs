using System.Globalization;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Outbox;

/// <summary>
/// Whose turn it is to deliver: one process of the cluster. The holder changes the item every two seconds; where it has not
/// changed for seven, by the watcher's own stopwatch, the watcher takes it. No clock is compared with another's.
/// </summary>
/// <remarks>It keeps two from doing the same work. That no message is sent by two is the claim's part, which each message has.</remarks>
internal sealed class DispatcherLease(DynamoDatabase database, TimeProvider time)
{
    private const string Partition = "lease";
    private const string Sort = "dispatcher";
    private const string Owner = "o";
    private const string Beat = "n";
    private const string Nobody = "-";

    // Nine seconds after a kill -9 at the latest another one holds it: a second to see the last beat, seven of silence, a second to look.
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(7);

    // Shorter than the silence, so that a holder that cannot renew has stopped before anybody takes over.
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(6);

    private readonly string _me = Guid.NewGuid().ToString("N");
    private long? _renewedAt;
    private (string Owner, long Beat)? _seen;
    private long _seenAt;

    public bool IsHeld => _renewedAt is { } renewed && time.GetElapsedTime(renewed) < Held;

    /// <summary>Renews it, or looks whether it is free. To be called every <see cref="LookInterval"/>, and not concurrently.</summary>
    public async ValueTask Look(CancellationToken cancellation)
    {
        if (IsHeld && time.GetElapsedTime(_renewedAt!.Value) < RenewInterval)
            return;

        var started = time.GetTimestamp();
        var item = await database.Get(Table.Outbox, Partition, Sort, cancellation);
        (string Owner, long Beat)? now = item is null ? null : (item.Text(Owner), item.Number(Beat));
        if (now != _seen)
            (_seen, _seenAt) = (now, started);

        var mine = now?.Owner == _me;
        var free = now is null || now.Value.Owner == Nobody || time.GetElapsedTime(_seenAt) >= Silence;
        var isHeld = (mine || free) && await Take(now, cancellation);
        _renewedAt = isHeld ? started : null;
    }

    /// <summary>Leaves it to the others at once.</summary>
    public async ValueTask Release(CancellationToken cancellation)
    {
        _renewedAt = null;
        if (_seen is { } seen && seen.Owner == _me)
            await Write((_me, seen.Beat), Nobody, seen.Beat + 1, cancellation);
    }

    private async ValueTask<bool> Take((string Owner, long Beat)? before, CancellationToken cancellation)
    {
        var beat = (before?.Beat ?? 0) + 1;
        if (!await Write(before, _me, beat, cancellation))
            return false;

        (_seen, _seenAt) = ((_me, beat), time.GetTimestamp());
        return true;
    }

    private ValueTask<bool> Write((string Owner, long Beat)? before, string owner, long beat, CancellationToken cancellation)
    {
        var item = AttributeExtensions.Key(Partition, Sort);
        item[Owner] = AttributeExtensions.Of(owner);
        item[Beat] = AttributeExtensions.Of(beat);

        // Or it is as it is to be: the answer to the same write was lost.
        var values = new Item { [":owner"] = AttributeExtensions.Of(owner), [":beat"] = AttributeExtensions.Of(beat) };
        var expression = $"(#owner = :owner AND #beat = :beat) OR {(before is null ? $"attribute_not_exists({Names.Partition})" : "(#owner = :before AND #beat = :last)")}";
        if (before is { } known)
        {
            values[":before"] = AttributeExtensions.Of(known.Owner);
            values[":last"] = new AttributeValue { N = known.Beat.ToString(CultureInfo.InvariantCulture) };
        }

        return database.Put(Table.Outbox, item, new WriteCondition(expression, new() { ["#owner"] = Owner, ["#beat"] = Beat }, values), cancellation);
    }
}
