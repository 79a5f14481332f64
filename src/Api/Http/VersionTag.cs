using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OrleansIot.Api.Http;

/// <summary>The version of what is edited, as its ETag; and whether a request may change it.</summary>
internal static class VersionTag
{
    public static EntityTagHeaderValue Of(long version) => new(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));

    /// <param name="present">Null: there is none.</param>
    public static bool Allows(HttpRequest request, long? present)
    {
        var headers = request.GetTypedHeaders();
        var tag = present is { } version ? Of(version) : null;
        if (headers.IfMatch is { Count: > 0 } expected && !(tag is not null && expected.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: true))))
            return false;

        return !(headers.IfNoneMatch is { Count: > 0 } unwanted && tag is not null && unwanted.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, useStrongComparison: false)));
    }
}
