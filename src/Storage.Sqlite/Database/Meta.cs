namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>Single values of the store.</summary>
internal static class Meta
{
    /// <summary>Position in the log below which nothing is needed to open the store.</summary>
    public const string LogFloor = "log_floor";

    /// <summary>Position in the log up to which an older release wrote it: those rows go with their age, not when they are compacted.</summary>
    public const string OldLogThrough = "old_log_through";

    /// <summary>Set once the coarse roll-ups have been made of what an older release stored.</summary>
    public const string CoarseFilled = "coarse_filled";

    public const string RulesSeeded = "rules_seeded";
    public const string ProbedAt = "probed_at";

    /// <summary>The highest delivery number of a session that was ever given out.</summary>
    public const string LastDelivery = "last_delivery";

    public static long? Read(SqliteStatement select)
    {
        using (select)
            return select.Step() ? select.Int64(0) : null;
    }

    public const string Select = "SELECT value FROM meta WHERE name = ?";

    public static void Write(SqliteDatabase database, string name, long value) =>
        database.Statement("INSERT INTO meta(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value").Bind(name).Bind(value).Run();
}
