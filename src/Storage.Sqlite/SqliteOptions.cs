using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansIot.Application.History;

namespace OrleansIot.Storage.Sqlite;

/// <summary>Where the data of the Standalone edition is, and how long it is kept.</summary>
public sealed class SqliteOptions
{
    public const string Section = "Data";

    /// <summary>Directory of the database file; made where there is none. Default <c>./data</c>.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Path { get; set; } = "./data";

    /// <summary>Days for which readings and the other events of devices are kept. Default 30.</summary>
    // A month to look back on an incident; at about 30 bytes a reading, 100 devices at one a second then take 8 GB.
    [Range(1, 3_650)]
    public int ReadingRetentionDays { get; set; } = 30;

    /// <summary>Days for which roll-ups are kept, unless <see cref="HistoryRetentionOptions"/> say otherwise of some. Default 400.</summary>
    // A year and a month: this week can be held against the same week of last year.
    [Range(1, 36_500)]
    public int RollupRetentionDays { get; set; } = 400;

    /// <summary>Days for which resolved alerts, and notifications that are delivered or given up, are kept. Default 400.</summary>
    // As long as the roll-ups that show what an alert was about, and as DynamoDB keeps them. Some 700 bytes each with one notification: a
    // thousand a day are 280 MB.
    [Range(1, 36_500)]
    public int AlertRetentionDays { get; set; } = 400;

    public TimeSpan AlertRetention => TimeSpan.FromDays(AlertRetentionDays);

    public HistoryRetention Retention => new(TimeSpan.FromDays(ReadingRetentionDays), TimeSpan.FromDays(RollupRetentionDays));
}

[OptionsValidator]
internal sealed partial class SqliteOptionsValidator : IValidateOptions<SqliteOptions>;
