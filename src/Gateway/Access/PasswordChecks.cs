using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>
/// Compares passwords with their hashes, a few at a time and never on a connection's thread. What was compared before is known by a
/// digest under a key of this run, so that devices that come back all at once cost no hash each. The digest is over the stored hash
/// too: a new password makes the old verdicts worthless.
/// </summary>
internal sealed class PasswordChecks(IOptions<ClientAccessOptions> options, AccessMetrics metrics) : IDisposable
{
    // Of a fleet of the size that one process is meant for; 16 bytes each, and their entries.
    private const int KnownRight = 100_000;

    // A device with an outdated password tries again and again with the same one.
    private const int KnownWrong = 10_000;

    // In place of a user that there is not: that takes as long as a wrong password, so that names cannot be told by time.
    private static readonly PasswordHash Nobody = PasswordHash.OfNothing();

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly VerdictMemory _right = new(KnownRight);
    private readonly VerdictMemory _wrong = new(KnownWrong);

    // Half of the processors stay with those who are in already.
    private readonly SemaphoreSlim _atATime = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;
    private long _hashed;

    /// <summary>Passwords that had to be hashed so far.</summary>
    public long Hashed => Interlocked.Read(ref _hashed);

    /// <summary>Whether the password is the user's; null where too many wait.</summary>
    /// <param name="gone">Whoever is gone by its turn costs nothing more.</param>
    public async ValueTask<bool?> Match(Credential.User? user, ReadOnlyMemory<byte> password, CancellationToken gone)
    {
        var hash = user?.Password ?? Nobody;
        var digest = DigestOf(hash, password.Span);
        if (_right.Contains(digest))
            return true;
        if (_wrong.Contains(digest) || password.Length > PasswordHash.MaxPasswordBytes)
            return false;

        if (Interlocked.Increment(ref _waiting) > options.Value.PasswordsWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _atATime.WaitAsync(gone);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Decrement(ref _waiting);
            throw;
        }

        bool matches;
        try
        {
            Interlocked.Increment(ref _hashed);
            metrics.PasswordHashed();
            matches = await Task.Run(() => hash.Matches(password.Span), CancellationToken.None) && user is not null;
        }
        finally
        {
            _atATime.Release();
            Interlocked.Decrement(ref _waiting);
        }

        (matches ? _right : _wrong).Add(digest);
        return matches;
    }

    public void Dispose() => _atATime.Dispose();

    private UInt128 DigestOf(PasswordHash hash, ReadOnlySpan<byte> password)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(Encoding.UTF8.GetBytes(hash.Text)); // has a salt of its own, and a fixed end
        hmac.AppendData("\0"u8);
        hmac.AppendData(password);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hmac.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
