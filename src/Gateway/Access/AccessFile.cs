using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OrleansIot.Application;
using OrleansIot.Application.Access;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Application.Stores;

namespace OrleansIot.Gateway.Access;

/// <summary>
/// The access document as a file that people may edit too, and several processes share. It is replaced by renaming a complete new
/// one, under a lock that all of them take; a look at it costs no more than a stat while nothing changes.
/// </summary>
internal sealed class AccessFile(IOptions<ClientAccessOptions> options, TimeProvider time) : IAccessStore
{
    private const string Nothing = "";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Within it a second change could leave length and time as they are, so what was written this recently is read again.
    private static readonly TimeSpan TimeGrain = TimeSpan.FromSeconds(2);

    private readonly string? _path = options.Value.Path is { Length: > 0 } path ? Path.GetFullPath(path) : null;
    private (DateTime Written, long Length)? _settled;

    public string Name => _path ?? "no file";

    public async ValueTask<StoredAccess?> Read(string? knownVersion, CancellationToken cancellation)
    {
        if (_path is null)
            return knownVersion is null ? new(default, Nothing) : null;

        try
        {
            var info = new FileInfo(_path);
            var seen = info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
            if (knownVersion is not null && info.Exists && seen == _settled)
                return null;

            var stored = await ReadNow(cancellation);
            _settled = info.Exists && seen.LastWriteTimeUtc + TimeGrain < time.GetUtcNow() ? seen : null;
            if (stored.Version == Nothing && knownVersion is { Length: > 0 })
                throw new StoreException($"{_path} is gone; what it held stays in force.", isTransient: true);

            return stored.Version == knownVersion ? null : stored;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{_path} cannot be read: {fault.Message}", isTransient: true, fault);
        }
    }

    public async ValueTask<string?> TryReplace(ReadOnlyMemory<byte> utf8Json, string expectedVersion, CancellationToken cancellation)
    {
        if (_path is null)
            throw new StoreException($"There is no file to keep it in: set {ClientAccessOptions.Section}:{nameof(ClientAccessOptions.Path)}.", isTransient: false);

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            await using var @lock = Create(_path + ".lock", FileMode.OpenOrCreate);
            if ((await ReadNow(cancellation)).Version != expectedVersion)
                return null;

            var fresh = _path + ".new";
            await using (var file = Create(fresh, FileMode.Create))
            {
                await file.WriteAsync(utf8Json, cancellation);
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, _path, overwrite: true);
            FolderEntries.Flush(Path.GetDirectoryName(_path)!);
            _settled = null;
            return VersionOf(utf8Json.Span);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{_path} cannot be written: {fault.Message}", isTransient: true, fault);
        }
    }

    private async ValueTask<StoredAccess> ReadNow(CancellationToken cancellation)
    {
        if (!File.Exists(_path))
            return new(default, Nothing);

        await using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > AccessDocument.MaxBytes)
            throw new StoreException($"{_path} has {file.Length} bytes; it takes {AccessDocument.MaxBytes}.", isTransient: false);

        // Some programs empty a file before they write it: that nobody is let in any more has to be said.
        if (file.Length == 0)
            throw new StoreException($"{_path} is empty; write {{}} where nobody is meant.", isTransient: true);

        var bytes = new byte[file.Length];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return new(bytes.AsMemory(0, length), VersionOf(bytes.AsSpan(0, length)));
    }

    private static string VersionOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    // It holds what a password can be guessed by, so only its owner reads it.
    private static FileStream Create(string path, FileMode mode)
    {
        var how = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = OwnerOnly;

        return new FileStream(path, how);
    }
}
