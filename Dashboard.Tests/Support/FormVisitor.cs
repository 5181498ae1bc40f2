using System.Net;
using System.Text.RegularExpressions;

namespace Presence.Dashboard.Tests.Support;

/// <summary>A browser without scripts: keeps cookies, follows nothing, posts the forms it is shown.</summary>
public sealed partial class FormVisitor : IDisposable
{
    private readonly HttpClient _client;

    public FormVisitor(Uri baseAddress, string? language = null, string? forwardedFor = null, string? accept = null)
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = baseAddress };
        if (language is not null)
            _client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
        if (accept is not null)
            _client.DefaultRequestHeaders.Accept.ParseAdd(accept);
        if (forwardedFor is not null)
            _client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
    }

    /// <summary>A visitor of a public address that a proxy passes on.</summary>
    public FormVisitor(DashboardHost host, Uri publicAddress, string stripped = "") =>
        _client = new HttpClient(new PassingProxy(host.BaseAddress, Cookies, stripped)) { BaseAddress = publicAddress };

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path, TestContext.Current.CancellationToken);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Opens a page and posts its form with its antiforgery token.</summary>
    public async Task<HttpResponseMessage> PostFormAsync(string path, string handler, params (string Name, string Value)[] fields)
    {
        using var page = await GetAsync(path);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var values = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).ToList();
        values.Add(new("_handler", handler));
        if (Antiforgery().Match(html) is { Success: true } token)
            values.Add(new("__RequestVerificationToken", token.Groups["token"].Value));
        return await PostAsync(path, values);
    }

    /// <summary>Opens a page and posts, with its antiforgery token, one of its forms that goes elsewhere.</summary>
    public async Task<HttpResponseMessage> PostFormToAsync(string path, string target, params (string Name, string Value)[] fields)
    {
        using var page = await GetAsync(path);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var values = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).ToList();
        values.Add(new("__RequestVerificationToken", Antiforgery().Match(html).Groups["token"].Value));
        return await PostAsync(target, values);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var content = new FormUrlEncodedContent(fields);
        return await _client.PostAsync(path, content, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> SignInAsync(string email, string password, string path = "/sign-in") =>
        PostFormAsync(path, "sign-in", ("Input.Email", email), ("Input.Password", password));

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Antiforgery();
}
