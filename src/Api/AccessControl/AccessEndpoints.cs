using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Api.Http;
using OrleansIot.Application.Access;

namespace OrleansIot.Api.AccessControl;

/// <summary>Who may connect over MQTT and do what: policies, users, certificates, tokens. A change counts at once, for open connections too.</summary>
internal static class AccessEndpoints
{
    private const string InvalidCode = "access.invalid";

    // A host without a gateway has nobody to let in.
    public static void MapAccess(this IEndpointRouteBuilder api)
    {
        if (api.ServiceProvider.GetService<IServiceProviderIsService>()?.IsService(typeof(IAccessBook)) != true)
            return;

        var access = api.MapGroup("/access").WithTags("Access");
        access.MapGet("/policies", ListPolicies).WithName("ListPolicies").WithSummary("The policies, in order of name");
        access.MapGet("/policies/{name}", FindPolicy).WithName("GetPolicy").WithSummary("A policy").ProducesProblems(404);
        access.MapPut("/policies/{name}", PutPolicy).WithName("PutPolicy").WithSummary("Creates or replaces a policy; the body is its document, as AWS IoT writes it")
            .Accepts<JsonDocument>("application/json").ProducesProblems(400, 413, 415, 503);
        access.MapDelete("/policies/{name}", DeletePolicy).WithName("DeletePolicy").WithSummary("Removes a policy that is attached to nobody").ProducesProblems(404, 409, 503);

        access.MapGet("/users", ListUsers).WithName("ListUsers").WithSummary("The users, in order of name; never their passwords");
        access.MapGet("/users/{name}", FindUser).WithName("GetUser").WithSummary("A user").ProducesProblems(404);
        access.MapPut("/users/{name}", PutUser).WithName("PutUser").WithSummary("Creates or replaces a user")
            .WithDescription("Without a password the user keeps the one it has. Another password, or a removal, closes the user's connections.")
            .Accepts<UserRequest>("application/json").ProducesProblems(400, 413, 415, 503);
        access.MapDelete("/users/{name}", DeleteUser).WithName("DeleteUser").WithSummary("Removes a user, whose connections are closed").ProducesProblems(404, 503);

        access.MapGet("/certificates", ListCertificates).WithName("ListCertificates").WithSummary("The registered certificates, in order of id");
        access.MapGet("/certificates/{id}", FindCertificate).WithName("GetCertificate").WithSummary("A registered certificate").ProducesProblems(404);
        access.MapPost("/certificates", RegisterCertificate).WithName("RegisterCertificate").WithSummary("Registers a certificate by its PEM")
            .Accepts<CertificateRequest>("application/json").ProducesProblems(400, 409, 413, 415, 503);
        access.MapPut("/certificates/{id}", PutCertificate).WithName("PutCertificate").WithSummary("Registers a certificate by its id, or replaces what is known of it")
            .WithDescription("The id is the SHA-256 of the certificate in hexadecimal. A status of INACTIVE or REVOKED closes the connections that showed it.")
            .Accepts<CertificateRequest>("application/json").ProducesProblems(400, 413, 415, 503);
        access.MapDelete("/certificates/{id}", DeleteCertificate).WithName("DeleteCertificate").WithSummary("Forgets a certificate, whose connections are closed").ProducesProblems(404, 503);

        access.MapGet("/tokens", ListTokens).WithName("ListTokens").WithSummary("The bearer tokens, in order of name; never their text");
        access.MapPost("/tokens", CreateToken).WithName("CreateToken").WithSummary("Creates a bearer token; its text is told in the answer, and never again")
            .Accepts<TokenRequest>("application/json").ProducesProblems(400, 409, 413, 415, 503);
        access.MapDelete("/tokens/{name}", DeleteToken).WithName("DeleteToken").WithSummary("Removes a token, whose connections are closed").ProducesProblems(404, 503);

        access.MapPost("/explain", AccessExplanation.Explain).WithName("ExplainAccess").WithSummary("Whether somebody may do something, and which statement says so")
            .Accepts<ExplainRequest>("application/json").ProducesProblems(400, 404, 413, 415);
    }

    public static ProblemResult Invalid(IEnumerable<PolicyDocumentFault> faults) => ProblemResult.Invalid(
        InvalidCode, "This cannot be taken", [.. faults.Select(fault => new Fault(fault.Path, fault.Problem, fault.Mend))]);

    private static Ok<ListDocument<PolicyDocument>> ListPolicies(IAccessBook book) =>
        TypedResults.Ok(new ListDocument<PolicyDocument>([.. book.Current.Policies.Values.Select(PolicyDocument.Of)]));

    private static Results<Ok<PolicyDocument>, ProblemResult> FindPolicy(string name, IAccessBook book) =>
        book.Current.Policies.TryGetValue(name, out var policy) ? TypedResults.Ok(PolicyDocument.Of(policy)) : Unknown("policy", name);

    private static async Task<Results<Ok<PolicyDocument>, Created<PolicyDocument>, ProblemResult>> PutPolicy(
        string name, HttpRequest request, IAccessBook book, CancellationToken cancellation)
    {
        if (!AccessNames.IsName(name))
            return BadName(name);
        if (AccessEdition.IsBuiltIn(name))
            return Invalid([new("name", $"is '{name}', which is built in.", "Choose another name.")]);

        var json = await JsonBody.Read(request);
        var read = PolicyDocumentReader.Read(name, json);
        if (!read.IsValid)
            return Invalid(read.Faults);

        var policy = new AccessPolicy(read.Policy, Encoding.UTF8.GetString(json.Span));
        var isNew = await book.Edit(edition => (edition.With(policy), !edition.Policies.ContainsKey(name)), cancellation);
        return isNew ? TypedResults.Created(PathOf("policies", name), PolicyDocument.Of(policy)) : TypedResults.Ok(PolicyDocument.Of(policy));
    }

    private static async Task<Results<NoContent, ProblemResult>> DeletePolicy(string name, IAccessBook book, CancellationToken cancellation)
    {
        var (isKnown, holders) = await book.Edit(
            edition => (edition.Policies.ContainsKey(name), edition.HoldersOf(name)) is (true, { Count: 0 })
                ? (edition.WithoutPolicy(name), (true, Array.Empty<string>()))
                : (edition, (edition.Policies.ContainsKey(name), edition.HoldersOf(name).ToArray())),
            cancellation);
        if (!isKnown)
            return Unknown("policy", name);

        return holders.Length == 0
            ? TypedResults.NoContent()
            : ProblemResult.Of(StatusCodes.Status409Conflict, "policy.attached", $"The policy '{name}' is attached to {string.Join(", ", holders)}; detach it first.");
    }

    private static Ok<ListDocument<UserDocument>> ListUsers(IAccessBook book) =>
        TypedResults.Ok(new ListDocument<UserDocument>([.. book.Current.All<Credential.User>().Select(UserDocument.Of)]));

    private static Results<Ok<UserDocument>, ProblemResult> FindUser(string name, IAccessBook book) =>
        book.Current.FindUser(name) is { } user ? TypedResults.Ok(UserDocument.Of(user)) : Unknown("user", name);

    private static async Task<Results<Ok<UserDocument>, Created<UserDocument>, ProblemResult>> PutUser(
        string name, HttpRequest request, IAccessBook book, CancellationToken cancellation)
    {
        if (!AccessNames.IsName(name))
            return BadName(name);

        using var body = await RequestFields.Read(request, "password", "policies", "clientIds");
        var (policies, clientIds, password) = (body.Fields.Policies(), body.Fields.ClientIds("clientIds"), body.Fields.Text("password"));
        if (body.Fields.Has("password") && (password is not { Length: > 0 } || Encoding.UTF8.GetByteCount(password) > PasswordHash.MaxPasswordBytes))
            body.Fields.Fault("password", "is not a text that fits.", $"Send 1 to {PasswordHash.MaxPasswordBytes} bytes.");
        if (body.Faults.Count > 0)
            return Invalid(body.Faults);

        var hash = password is null ? null : PasswordHash.Of(Encoding.UTF8.GetBytes(password));
        var (stored, isNew, faults) = await book.Edit(edition => Put(edition, edition.FindUser(name), existing =>
            (hash ?? existing?.Password) is { } kept ? new Credential.User(name, kept, policies, clientIds) : null), cancellation);
        if (stored is null && faults.IsEmpty)
            return Invalid([new("password", "is missing.", "Send the password of the new user.")]);
        if (stored is null)
            return Invalid(faults);

        return isNew ? TypedResults.Created(PathOf("users", name), UserDocument.Of(stored)) : TypedResults.Ok(UserDocument.Of(stored));
    }

    private static Task<Results<NoContent, ProblemResult>> DeleteUser(string name, IAccessBook book, CancellationToken cancellation) =>
        Delete("user", Credential.UserPrefix, name, book, cancellation);

    private static Ok<ListDocument<CertificateDocument>> ListCertificates(IAccessBook book) =>
        TypedResults.Ok(new ListDocument<CertificateDocument>([.. book.Current.All<Credential.Certificate>().Select(CertificateDocument.Of)]));

    private static Results<Ok<CertificateDocument>, ProblemResult> FindCertificate(string id, IAccessBook book) =>
        book.Current.FindCertificate(id) is { } certificate ? TypedResults.Ok(CertificateDocument.Of(certificate)) : Unknown("certificate", id);

    private static async Task<Results<Created<CertificateDocument>, ProblemResult>> RegisterCertificate(
        HttpRequest request, IAccessBook book, CancellationToken cancellation)
    {
        using var body = await RequestFields.Read(request, "status", "policies", "things", "pem");
        var certificate = ReadCertificate(body, id: null);
        if (certificate is null)
            return Invalid(body.Faults);

        var (stored, isNew, faults) = await book.Edit(edition => Put(edition, edition.FindCertificate(certificate.Id), existing => existing ?? certificate), cancellation);
        if (stored is null)
            return Invalid(faults);

        return isNew
            ? TypedResults.Created(PathOf("certificates", certificate.Id), CertificateDocument.Of(stored))
            : ProblemResult.Of(StatusCodes.Status409Conflict, "certificate.exists", $"The certificate is registered already; PUT {PathOf("certificates", certificate.Id)} replaces what is known of it.");
    }

    private static async Task<Results<Ok<CertificateDocument>, Created<CertificateDocument>, ProblemResult>> PutCertificate(
        string id, HttpRequest request, IAccessBook book, CancellationToken cancellation)
    {
        if (!AccessNames.IsThumbprint(id))
            return Invalid([new("id", $"is '{id}' in the address.", "The id of a certificate is its SHA-256, 64 of 0-9 a-f.")]);

        using var body = await RequestFields.Read(request, "status", "policies", "things", "pem");
        if (ReadCertificate(body, id) is not { } certificate)
            return Invalid(body.Faults);

        var (stored, isNew, faults) = await book.Edit(edition => Put(
            edition, edition.FindCertificate(id), existing => certificate with { Pem = certificate.Pem ?? existing?.Pem }), cancellation);
        if (stored is null)
            return Invalid(faults);

        return isNew ? TypedResults.Created(PathOf("certificates", id), CertificateDocument.Of(stored)) : TypedResults.Ok(CertificateDocument.Of(stored));
    }

    private static Task<Results<NoContent, ProblemResult>> DeleteCertificate(string id, IAccessBook book, CancellationToken cancellation) =>
        Delete("certificate", Credential.CertificatePrefix, id, book, cancellation);

    private static Ok<ListDocument<TokenDocument>> ListTokens(IAccessBook book) =>
        TypedResults.Ok(new ListDocument<TokenDocument>([.. book.Current.All<Credential.Token>().Select(token => TokenDocument.Of(token))]));

    private static async Task<Results<Created<TokenDocument>, ProblemResult>> CreateToken(HttpRequest request, IAccessBook book, CancellationToken cancellation)
    {
        using var body = await RequestFields.Read(request, "name", "policies", "clientIds", "expires");
        var name = body.Fields.Has("name") ? body.Fields.Text("name") : $"t-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        if (!AccessNames.IsName(name))
            body.Fields.Fault("name", "is not a name for this.", $"Use {AccessNames.Rule}, or leave it out.");

        var (policies, clientIds, expires) = (body.Fields.Policies(), body.Fields.ClientIds("clientIds"), body.Fields.Expires());
        if (body.Faults.Count == 0 && policies.IsEmpty && clientIds.IsEmpty)
            body.Fields.Fault("clientIds", "is missing, and there are no policies.", "Send the client ids that may use the token, or policies.");
        if (body.Faults.Count > 0)
            return Invalid(body.Faults);

        var text = BearerToken.New();
        var token = new Credential.Token(name!, BearerToken.DigestOf(text), expires, policies, clientIds);
        var (stored, isNew, faults) = await book.Edit(edition => Put(edition, edition.Find(token.Principal) as Credential.Token, existing => existing ?? token), cancellation);
        if (stored is null)
            return Invalid(faults);

        return isNew
            ? TypedResults.Created(PathOf("tokens", token.Name), TokenDocument.Of(token, text))
            : ProblemResult.Of(StatusCodes.Status409Conflict, "token.exists", $"There is a token '{name}' already; delete it, or choose another name.");
    }

    private static Task<Results<NoContent, ProblemResult>> DeleteToken(string name, IAccessBook book, CancellationToken cancellation) =>
        Delete("token", Credential.TokenPrefix, name, book, cancellation);

    /// <summary>One step of an edit: what is to be stored, unless it names a policy that there is not.</summary>
    private static (AccessEdition Next, (T? Stored, bool IsNew, ImmutableArray<PolicyDocumentFault> Faults) Answer) Put<T>(
        AccessEdition edition, T? existing, Func<T?, T?> make)
        where T : Credential
    {
        if (make(existing) is not { } credential)
            return (edition, (null, false, []));

        ImmutableArray<PolicyDocumentFault> faults =
        [
            .. credential.Policies.Index().Where(named => !edition.Knows(named.Item))
                .Select(named => new PolicyDocumentFault($"policies[{named.Index}]", $"is \"{named.Item}\", and there is no such policy.", "Put the policy first, or name another.")),
        ];
        if (!faults.IsEmpty)
            return (edition, (null, false, faults));

        return (ReferenceEquals(credential, existing) ? edition : edition.With(credential), (credential, existing is null, []));
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string kind, string prefix, string id, IAccessBook book, CancellationToken cancellation)
    {
        var isGone = await book.Edit(
            edition => edition.Find(prefix + id) is null ? (edition, false) : (edition.WithoutCredential(prefix + id), true), cancellation);
        return isGone ? TypedResults.NoContent() : Unknown(kind, id);
    }

    /// <param name="id">That it has to have; null where its PEM tells.</param>
    private static Credential.Certificate? ReadCertificate(RequestFields body, string? id)
    {
        var pem = body.Fields.Pem();
        if (pem is not null)
        {
            var (read, own) = Read(pem);
            if (read is null)
                body.Fields.Fault("pem", "is not a certificate.", "Send the text from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and no private key.");
            else if (id is not null && own != id)
                body.Fields.Fault("pem", $"is the certificate {own}.", "Send the one that the address names, or none.");

            (pem, id) = (read, own ?? id);
        }
        else if (id is null && !body.Fields.Has("pem"))
        {
            body.Fields.Fault("pem", "is missing.", "Send the certificate.");
        }

        var certificate = new Credential.Certificate(id ?? "", body.Fields.Status(), body.Fields.Policies(), body.Fields.ClientIds("things"), pem);
        return body.Faults.Count == 0 ? certificate : null;
    }

    /// <summary>The certificate written anew, so that nothing else that stood in the text is kept.</summary>
    private static (string? Pem, string? Id) Read(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return (certificate.ExportCertificatePem(), CertificateFields.IdOf(certificate));
        }
        catch (CryptographicException)
        {
            return default;
        }
    }

    private static string PathOf(string kind, string name) => $"/api/v1/access/{kind}/{Uri.EscapeDataString(name)}";

    private static ProblemResult Unknown(string kind, string name) => ProblemResult.Of(StatusCodes.Status404NotFound, $"{kind}.unknown", $"There is no {kind} '{name}'.");

    private static ProblemResult BadName(string name) => Invalid([new("name", $"is '{name}' in the address.", $"A name has {AccessNames.Rule}.")]);
}
