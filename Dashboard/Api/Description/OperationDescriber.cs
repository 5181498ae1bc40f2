using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;

namespace Presence.Dashboard.Api.Description;

/// <summary>Writes one operation from its route's <see cref="RouteDescription"/> and <see cref="ApiPolicy"/>.</summary>
internal sealed class OperationDescriber : IOpenApiOperationTransformer
{
    private const string Json = "application/json";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var route = metadata.OfType<RouteDescription>().Single();
        var policy = metadata.OfType<ApiPolicy>().Single();
        var document = context.Document ?? throw new InvalidOperationException("An operation stands in a document.");
        var pathParameters = context.Description.ParameterDescriptions.Where(parameter => parameter.Source.Id == "Path").Select(parameter => parameter.Name).ToArray();

        operation.OperationId = route.Id;
        operation.Summary = route.Summary;
        operation.Description = route.Text;
        operation.Tags = new HashSet<OpenApiTagReference> { new(route.Group, document) };
        operation.Parameters = [.. pathParameters.Select(PathParameters.Describe), .. route.Parameters.Select(Describe)];
        operation.Security = SecuritySchemes.For(policy, document);
        operation.RequestBody = route.Body is { } body ? await DescribeAsync(body, context, cancellationToken) : null;
        operation.Responses = new OpenApiResponses { [Key(route.Answer.Status)] = await DescribeAsync(route.Answer, context, cancellationToken) };

        var errors = route.Errors.Concat(ImpliedErrors.Of(route, policy, pathParameters.Length > 0)).Distinct();
        foreach (var ofStatus in errors.GroupBy(error => error.Status).OrderBy(errors => errors.Key))
            operation.Responses[Key(ofStatus.Key)] = await DescribeAsync([.. ofStatus.OrderBy(error => error.Code)], context, cancellationToken);
    }

    private static IOpenApiParameter Describe(ParameterDescription parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query,
        Description = parameter.Text,
        Required = parameter.IsRequired,
        Schema = parameter.Schema,
    };

    private static async Task<IOpenApiRequestBody> DescribeAsync(BodyDescription body, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var content = new OpenApiMediaType { Schema = await SchemaOfAsync(body.Type, context, cancellationToken), Example = Example(body.Type, body.Example) };
        return new OpenApiRequestBody { Required = !body.IsOptional, Content = body.MediaTypes.ToDictionary(type => type, _ => content, StringComparer.Ordinal) };
    }

    private static async Task<IOpenApiResponse> DescribeAsync(AnswerDescription answer, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var response = new OpenApiResponse { Description = answer.Meaning };
        if (answer.MediaType is { } mediaType)
        {
            response.Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [mediaType] = new OpenApiMediaType { Schema = await SchemaOfAsync(answer.Type, context, cancellationToken), Example = Example(answer.Type, answer.Example!) },
            };
        }
        if (answer.Headers.Count > 0)
        {
            response.Headers = answer.Headers.ToDictionary(
                header => header.Name,
                header => (IOpenApiHeader)new OpenApiHeader { Description = header.Text, Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
                StringComparer.Ordinal);
        }
        return response;
    }

    /// <summary>Kinds of refusal that share a status stand together, each with an example and its code.</summary>
    private static async Task<IOpenApiResponse> DescribeAsync(IReadOnlyList<ApiError> errors, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(" Or: ", errors.Select(error => $"`{error.Code}` {error.Meaning}")),
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [Json] = new OpenApiMediaType
                {
                    Schema = await SchemaOfAsync(typeof(ErrorDocument), context, cancellationToken),
                    Examples = errors.ToDictionary(error => Key(error.Code), error => (IOpenApiExample)new OpenApiExample { Summary = error.Meaning, Value = Example(error) }, StringComparer.Ordinal),
                },
            },
        };
        if (errors[0].Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = new OpenApiHeader { Description = "Seconds to wait.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" } },
            };
        }
        return response;
    }

    private static async Task<IOpenApiSchema> SchemaOfAsync(Type? type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (type is null)
            return new OpenApiSchema { Type = JsonSchemaType.String };
        var name = SchemaNames.Of(type);
        var document = context.Document!;
        if (document.Components?.Schemas?.ContainsKey(name) != true)
            document.AddComponent(name, await context.GetOrCreateSchemaAsync(type, parameterDescription: null, cancellationToken));
        return new OpenApiSchemaReference(name, document);
    }

    private static JsonNode Example(Type? type, string text) => type is null ? JsonValue.Create(text) : JsonNode.Parse(text)!;

    private static JsonNode Example(ApiError error) => JsonSerializer.SerializeToNode(new ErrorDocument("error", error.Code, error.Meaning, Data: null), Wire.Documents.ErrorDocument)!;

    private static string Key(int number) => number.ToString(CultureInfo.InvariantCulture);
}
