using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansIot.Notifications.Webhooks;

/// <summary>
/// <c>v1=</c> and the hexadecimal HMAC-SHA256 of <c>timestamp.body</c>. The timestamp is signed too, so that a receiver can
/// refuse a call that somebody recorded and sends again later.
/// </summary>
public static class WebhookSignature
{
    public const string Header = "X-OrleansIot-Signature";
    public const string TimestampHeader = "X-OrleansIot-Timestamp";

    private const string Version = "v1=";

    /// <param name="timestamp">Unix seconds, as in <see cref="TimestampHeader"/>.</param>
    public static string Of(string secret, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{timestamp}.")));
        hash.AppendData(body);
        return Version + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
