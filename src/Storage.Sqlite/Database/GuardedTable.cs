namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>
/// A table whose rows are guarded by what is in their column <c>checksum</c>: <see cref="RowChecksum"/> of the others. Rows of releases
/// before it have none, are taken as they are, and get one when they are written next.
/// </summary>
/// <param name="name">Of the table.</param>
/// <param name="what">What a row is, for people, before what names it.</param>
/// <param name="keys">How many of the columns, from the first, name a row.</param>
/// <param name="decode">Reads what is encoded in a row of all columns.</param>
/// <param name="consequence">What becomes of it without a row, for people.</param>
/// <param name="columns">All of them, but for a number that SQLite gives.</param>
internal sealed class GuardedTable(string name, string what, int keys, Action<SqliteStatement>? decode, string consequence, params string[] columns)
{
    public string Name => name;

    public string What => what;

    public string Columns { get; } = string.Join(", ", columns);

    public int ColumnCount => columns.Length;

    public int Keys => keys;

    public string Consequence => consequence;

    /// <summary>An expression: 1 where a row is what was written.</summary>
    public string IsWhole { get; } = WholeOf(columns, "checksum");

    /// <summary>As <see cref="IsWhole"/>, where the table has another name in the statement.</summary>
    public string IsWholeOf(string alias) => WholeOf([.. columns.Select(column => $"{alias}.{column}")], $"{alias}.checksum");

    /// <summary>A parameter for each of <see cref="Columns"/>, and one for their checksum (<see cref="SqliteStatement.Guarded"/>).</summary>
    public string Insert(string verb) => $"{verb} INTO {name}({Columns}, checksum) VALUES({string.Join(", ", columns.Select(_ => "?"))}, ?)";

    /// <summary>Changes columns of a row. One that is not what was written stays so: it must not be made to seem whole.</summary>
    /// <param name="changed">To the first parameters, in this order; the keys follow.</param>
    public string Update(params string[] changed)
    {
        var set = string.Join(", ", changed.Select((column, i) => $"{column} = ?{i + 1}"));
        var sum = SumOf(columns.Select(column => Array.IndexOf(changed, column) is >= 0 and var i ? $"?{i + 1}" : column));
        return $"UPDATE {name} SET {set}, checksum = CASE WHEN {IsWhole} THEN {sum} ELSE checksum END WHERE {KeyIs(changed.Length)}";
    }

    /// <summary>A condition on the keys, which are the parameters after so many others.</summary>
    public string KeyIs(int after = 0) => string.Join(" AND ", columns.Take(keys).Select((column, i) => $"{column} = ?{after + i + 1}"));

    /// <summary>A row of <see cref="Columns"/>, for people.</summary>
    public string Describe(SqliteStatement row) => $"{what} {string.Join(", ", Enumerable.Range(0, keys).Select(row.Shown))}";

    /// <summary>What is told of a row that is not what was written.</summary>
    public string Damage(SqliteStatement row) => $"{Describe(row)} is not what was written.";

    public void Decode(SqliteStatement row) => decode?.Invoke(row);

    private static string WholeOf(string[] columns, string checksum) => $"({checksum} IS NULL OR {checksum} = {SumOf(columns)})";

    private static string SumOf(IEnumerable<string> values) => $"{RowChecksum.Name}({string.Join(", ", values)})";
}
