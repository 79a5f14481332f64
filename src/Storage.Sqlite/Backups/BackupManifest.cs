using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIot.Application;
using OrleansIot.Application.Stores;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>What a backup consists of. A folder is a backup if it has this, and whole if all of it fits.</summary>
/// <param name="Format">1.</param>
/// <param name="LastPosition">Of the event log in it: every commit up to there, and none after.</param>
internal sealed record BackupManifest(int Format, DateTimeOffset CreatedAt, long LastPosition, IReadOnlyList<BackupFile> Files)
{
    public const string FileName = "backup.json";
    public const int CurrentFormat = 1;

    /// <exception cref="StoreException">The folder is no backup, or not a whole one.</exception>
    public static BackupManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new StoreException($"{folder} is no backup: it has no {FileName}.");

        BackupManifest? manifest;
        try
        {
            using var json = File.OpenRead(path);
            manifest = JsonSerializer.Deserialize(json, BackupJson.Default.BackupManifest);
        }
        catch (JsonException e)
        {
            throw new StoreException($"{path} cannot be read: {e.Message}", e);
        }

        if (manifest is not { Format: CurrentFormat, Files: not null })
            throw new StoreException($"{path} has format {manifest?.Format}; this release knows {CurrentFormat}.");

        foreach (var file in manifest.Files)
        {
            if (file.Name is null || Path.IsPathRooted(file.Name) || file.Name.Split('/', '\\').Contains(".."))
                throw new StoreException($"{path} names a file outside of the backup: {file.Name}.");
        }

        return manifest;
    }

    public void Write(string folder)
    {
        using var json = new FileStream(Path.Combine(folder, FileName), FileMode.CreateNew);
        JsonSerializer.Serialize(json, this, BackupJson.Default.BackupManifest);
        json.Flush(flushToDisk: true);
        FolderEntries.Flush(folder);
    }

    /// <exception cref="StoreException">A file is missing or is not what it was.</exception>
    public void Verify(string folder, CancellationToken cancellation)
    {
        foreach (var file in Files)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!File.Exists(Path.Combine(folder, file.Name)))
                throw new StoreException($"{file.Name} is missing in {folder}.");

            if (BackupFile.Of(folder, file.Name) != file)
                throw new StoreException($"{file.Name} in {folder} is not what was backed up: its checksum does not fit. Use another backup.");
        }
    }
}

/// <param name="Name">Relative, with slashes.</param>
/// <param name="Sha256">In hexadecimal.</param>
internal sealed record BackupFile(string Name, long Bytes, string Sha256)
{
    public static BackupFile Of(string folder, string name)
    {
        using var content = File.OpenRead(Path.Combine(folder, name));
        return new BackupFile(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
