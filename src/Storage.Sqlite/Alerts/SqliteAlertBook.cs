using System.Collections.Immutable;
using System.Text;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Alerts;

/// <summary>The table of alerts.</summary>
internal sealed class SqliteAlertBook(ReadConnections readers, DamageFound damage) : IAlertBook
{
    private const int MaxLimit = 500;

    public async ValueTask<Page<Alert>> List(AlertQuery query, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MaxLimit, nameof(query));
        AlertCursor? after = query.Cursor is null ? null : AlertCursor.Parse(query.Cursor);
        using var reader = await readers.Rent(cancellation);

        // Those that are not what was written are told and passed over; the page is full all the same.
        var alerts = Read(reader, query, after, onlyWhole: false) ?? Read(reader, query, after, onlyWhole: true)!;

        if (alerts.Count <= query.Limit)
            return new Page<Alert>(alerts.DrainToImmutable(), null);

        alerts.Count = query.Limit;
        var next = AlertCursor.After(alerts[^1]).ToString();
        return new Page<Alert>(alerts.DrainToImmutable(), next);
    }

    public async ValueTask<Alert?> Find(AlertId alert, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement($"SELECT {AlertRows.Columns} FROM alert WHERE id = ?").Bind(alert.ToString());
        if (!select.Step())
            return null;

        if (AlertRows.IsWhole(select))
            return AlertRows.Read(select);

        damage.Add(AlertRows.Damage(select));
        throw new StoreException($"Alert {alert} is damaged. Restore a backup, or run the command 'repair', which leaves it out.") { Code = SqliteErrors.Damaged };
    }

    /// <returns>Null where one was met that is not what was written.</returns>
    private ImmutableArray<Alert>.Builder? Read(ReadConnection reader, AlertQuery query, AlertCursor? after, bool onlyWhole)
    {
        using var select = Bind(reader.Statement(Select(query, onlyWhole)), query, after);
        var alerts = ImmutableArray.CreateBuilder<Alert>();
        var isDamaged = false;
        while (select.Step())
        {
            if (AlertRows.IsWhole(select))
            {
                alerts.Add(AlertRows.Read(select));
                continue;
            }

            isDamaged = true;
            damage.Add(AlertRows.Damage(select));
        }

        return isDamaged ? null : alerts;
    }

    private static string Select(AlertQuery query, bool onlyWhole)
    {
        var sql = new StringBuilder($"SELECT {AlertRows.Columns} FROM alert WHERE true");
        if (query.Status is not null)
            sql.Append(" AND status = ?");
        if (query.Open is { } open)
            sql.Append(open ? " AND status IN (0, 1)" : " AND status = 2");
        if (query.Device is not null)
            sql.Append(" AND device = ?");
        if (query.Rule is not null)
            sql.Append(" AND rule = ?");
        if (query.Severity is not null)
            sql.Append(" AND severity = ?");
        if (query.Cursor is not null)
            sql.Append(" AND (triggered_at, id) < (?, ?)");

        if (onlyWhole)
            sql.Append($" AND {GuardedTables.Alerts.IsWhole}");

        // One more than asked for tells whether there is a next page.
        return sql.Append(" ORDER BY triggered_at DESC, id DESC LIMIT ?").ToString();
    }

    private static SqliteStatement Bind(SqliteStatement select, AlertQuery query, AlertCursor? after)
    {
        if (query.Status is { } status)
            select.Bind((long)status);
        if (query.Device is { } device)
            select.Bind(device.Value);
        if (query.Rule is { } rule)
            select.Bind(rule.Value);
        if (query.Severity is { } severity)
            select.Bind((long)severity);
        if (after is { } cursor)
            select.Bind(cursor.TriggeredAt).Bind(cursor.Id);

        return select.Bind(query.Limit + 1);
    }
}
