namespace OrleansIot.Gateway.Transports;

/// <summary>A setting that names a file.</summary>
internal sealed record FileSetting(string Name, string? Path)
{
    /// <summary>For a person who has to mend it.</summary>
    public string Fault(string what) => $"{Name} is '{Path}', {what}";
}
