using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OrleansIot.Api.Http;

/// <summary>The version of what is edited, as its ETag; whether a request may change it, and whether whoever asks has it already.</summary>
internal static class VersionTag
{
    public static EntityTagHeaderValue Of(long version) => new(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));

    public static bool IsConditional(HttpRequest request) =>
        !StringValues.IsNullOrEmpty(request.Headers.IfMatch) || !StringValues.IsNullOrEmpty(request.Headers.IfNoneMatch);

    /// <param name="present">Null: there is none.</param>
    public static bool Allows(HttpRequest request, long? present) => Allows(request, present is { } version ? Of(version) : null);

    /// <param name="present">Null: there is none.</param>
    /// <param name="isUnchanged">Whether a change that was made to what this tag was of is made to what is there; by default where it is of the same.</param>
    public static bool Allows(HttpRequest request, EntityTagHeaderValue? present, Func<EntityTagHeaderValue, bool>? isUnchanged = null)
    {
        isUnchanged ??= one => one.Compare(present, useStrongComparison: true);
        if (!StringValues.IsNullOrEmpty(request.Headers.IfMatch) && !(present is not null && Read(request.Headers.IfMatch).Any(one => IsAny(one) || isUnchanged(one))))
            return false;

        return StringValues.IsNullOrEmpty(request.Headers.IfNoneMatch)
            || !(present is not null && Read(request.Headers.IfNoneMatch).Any(one => IsAny(one) || one.Compare(present, useStrongComparison: false)));
    }

    /// <summary>Puts the tag on the answer. True: If-None-Match names it, and the answer is to be 304 without a body.</summary>
    public static bool Answers(HttpContext context, EntityTagHeaderValue present)
    {
        context.Response.Headers.ETag = present.ToString();
        return HttpMethods.IsGet(context.Request.Method)
            && Read(context.Request.Headers.IfNoneMatch).Any(one => IsAny(one) || one.Compare(present, useStrongComparison: false));
    }

    private static bool IsAny(EntityTagHeaderValue tag) => tag.Equals(EntityTagHeaderValue.Any);

    // A condition that cannot be read (a version without its quotation marks) holds of nothing. Passed over, it would let through
    // the very change that it was to hold back.
    private static IList<EntityTagHeaderValue> Read(StringValues header) => EntityTagHeaderValue.TryParseList(header, out var tags) ? tags : [];
}
