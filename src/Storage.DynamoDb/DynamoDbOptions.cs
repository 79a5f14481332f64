using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansIot.Application.History;

namespace OrleansIot.Storage.DynamoDb;

/// <summary>Which DynamoDB, as whom, and how long things are kept in it.</summary>
public sealed class DynamoDbOptions : IValidatableObject
{
    public const string Section = "DynamoDb";

    /// <summary>Address of the service, such as <c>http://127.0.0.1:8000</c>. Default none: that of AWS in <see cref="Region"/>.</summary>
    // For a local emulator or a VPC endpoint; everybody else lets the SDK find it.
    public string? ServiceUrl { get; set; }

    /// <summary>Region of AWS, such as <c>eu-central-1</c>. Default none: what the AWS SDK finds (<c>AWS_REGION</c>, profile, instance).</summary>
    public string? Region { get; set; }

    /// <summary>Default none: the credentials that the AWS SDK finds (environment, profile, role of the instance or pod).</summary>
    // A role needs no secret in a file; a key is for emulators, and for machines outside of AWS.
    public string? AccessKey { get; set; }

    /// <summary>Goes with <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>What the names of the tables begin with. Default <c>orleansiot-</c>.</summary>
    // An account and region has one list of tables; two installations in it differ by this.
    [RegularExpression("[a-zA-Z0-9_.-]{0,200}")]
    public string TablePrefix { get; set; } = "orleansiot-";

    /// <summary>Whether missing tables are created at start (on-demand capacity). Default true.</summary>
    // False where tables come from Terraform or the like and the role may not create any; a start then checks that they are there.
    public bool CreateTables { get; set; } = true;

    /// <summary>Days for which readings are kept. Default 30.</summary>
    [Range(1, 3_650)]
    public int ReadingRetentionDays { get; set; } = 30;

    /// <summary>Days for which roll-ups are kept, unless <see cref="HistoryRetentionOptions"/> say otherwise of some. Default 400.</summary>
    // A year and a month: this week can be held against the same week of last year.
    [Range(1, 36_500)]
    public int RollupRetentionDays { get; set; } = 400;

    /// <summary>Days for which the event log is kept. Default 90.</summary>
    // An item's end is fixed when it is written, whether or not a snapshot covers it by then. Snapshots follow within minutes;
    // three months are for a device that fell silent in the very minute of a crash and was taken up by nobody since.
    [Range(7, 36_500)]
    public int EventRetentionDays { get; set; } = 90;

    /// <summary>Days for which resolved alerts, and messages that are delivered or given up, are kept. Default 400.</summary>
    [Range(1, 36_500)]
    public int AlertRetentionDays { get; set; } = 400;

    /// <summary>How long one request may take before it is tried again. Default 3 s.</summary>
    // DynamoDB answers in milliseconds; one that takes seconds is lost, and each reading behind it waits for it.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Attempts at one request that is throttled or gets no answer. Default 8: with the pauses between, some three seconds.</summary>
    // Longer, and the owner of a device is better off giving up: it reads the log again, and the device sends again.
    [Range(1, 50)]
    public int MaxAttempts { get; set; } = 8;

    /// <summary>Requests that are under way at the same time. Default 256.</summary>
    // At 5 ms each that is 50,000 a second; more sockets would only wait for each other. What is beyond waits here, and slows its device.
    [Range(1, 10_000)]
    public int MaxConcurrentRequests { get; set; } = 256;

    public HistoryRetention Retention => new(TimeSpan.FromDays(ReadingRetentionDays), TimeSpan.FromDays(RollupRetentionDays));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ServiceUrl is { Length: > 0 } && (!Uri.TryCreate(ServiceUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            yield return new ValidationResult($"{Section}:{nameof(ServiceUrl)} is not an address: write http://host:port, or leave it out for AWS.", [nameof(ServiceUrl)]);

        if (string.IsNullOrEmpty(AccessKey) != string.IsNullOrEmpty(SecretKey))
            yield return new ValidationResult($"{Section}:{nameof(AccessKey)} and {Section}:{nameof(SecretKey)} go together: set both, or neither for the credentials that the AWS SDK finds.", [nameof(AccessKey)]);

        if (EventRetentionDays < ReadingRetentionDays)
            yield return new ValidationResult($"{Section}:{nameof(EventRetentionDays)} must not be less than {Section}:{nameof(ReadingRetentionDays)}: readings are in the log before they are in the history.", [nameof(EventRetentionDays)]);
    }
}

[OptionsValidator]
internal sealed partial class DynamoDbOptionsValidator : IValidateOptions<DynamoDbOptions>;
