using System.ComponentModel.DataAnnotations;

namespace OrleansIot.Notifications.Http;

/// <summary>An absolute http or https address. The message never shows the value: it may hold a secret.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AbsoluteHttpAddressAttribute() : ValidationAttribute("{0} is not an absolute http or https address.")
{
    public override bool IsValid(object? value) =>
        value is null or "" || (value is string text && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https");
}
