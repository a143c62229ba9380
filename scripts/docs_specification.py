"""The models of the specification, and where each of their fields lives in our tables.

The specification is written as Prisma models in camelCase and as SQL. A field keeps its name in snake_case on
the table that carries it; what differs from that stands under ``moved`` with its table and column.
"""

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SpecifiedModel:
    """One model: its scalar fields in its own order, and the table that stands for it."""

    name: str
    table: str
    fields: tuple[str, ...]
    moved: dict[str, str] = field(default_factory=dict)  # field: "table.column"
    note: str = ""

    def place_of(self, name: str) -> tuple[str, str]:
        """Table and column of one field."""
        table, _, column = self.moved.get(name, f"{self.table}.{snake(name)}").partition(".")
        return table, column


def snake(name: str) -> str:
    """``userId`` to ``user_id``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SPECIFICATION: tuple[SpecifiedModel, ...] = (
    SpecifiedModel(
        "User",
        "users",
        _words(
            "id deviantartId username avatarUrl email accessToken refreshToken tokenExpiresAt refreshTokenExpiresAt "
            "refreshTokenWarningEmailSent refreshTokenExpiredEmailSent lastRefreshTokenRefresh timezone name "
            "emailVerified image createdAt updatedAt"
        ),
        moved={
            "deviantartId": "accounts.provider_account_id",
            "avatarUrl": "accounts.avatar_url",
            "accessToken": "accounts.access_token",
            "refreshToken": "accounts.refresh_token",
            "tokenExpiresAt": "accounts.expires_at",
            "refreshTokenExpiresAt": "accounts.refresh_token_expires_at",
            "refreshTokenWarningEmailSent": "accounts.refresh_token_warning_email_sent",
            "refreshTokenExpiredEmailSent": "accounts.refresh_token_expired_email_sent",
            "lastRefreshTokenRefresh": "accounts.last_refresh_token_refresh",
        },
        note="A person can link several DeviantArt accounts, so what belongs to one of them lies in `accounts`.",
    ),
    SpecifiedModel(
        "Account",
        "accounts",
        _words(
            "id userId type provider providerAccountId refresh_token access_token expires_at token_type scope id_token "
            "session_state"
        ),
    ),
    SpecifiedModel("Session", "login_sessions", _words("id sessionToken userId expires")),
    SpecifiedModel("VerificationToken", "verification_tokens", _words("identifier token expires")),
    SpecifiedModel(
        "InstanceUser", "instance_users", _words("id daUserId daUsername daAvatar role createdAt lastLoginAt")
    ),
    SpecifiedModel("InstanceSettings", "instance_settings", _words("id teamInvitesEnabled updatedAt")),
    SpecifiedModel(
        "Deviation",
        "deviations",
        _words(
            "id userId status title description tags categoryPath galleryIds automationId isMature matureLevel "
            "allowComments allowFreeDownload isAiGenerated noAi stashOnly addWatermark displayResolution uploadMode "
            "scheduledAt jitterSeconds actualPublishAt publishedAt stashItemId deviationId deviationUrl errorMessage "
            "retryCount lastRetryAt executionLockId executionLockedAt executionVersion postCountIncremented createdAt "
            "updatedAt"
        ),
    ),
    SpecifiedModel(
        "DeviationFile",
        "deviation_files",
        _words(
            "id deviationId originalFilename storageKey storageUrl mimeType fileSize width height duration sortOrder "
            "createdAt"
        ),
    ),
    SpecifiedModel(
        "Automation",
        "automations",
        _words(
            "id userId name description color icon sortOrder enabled draftSelectionMethod stashOnlyByDefault "
            "jitterMinSeconds jitterMaxSeconds lastExecutionLock isExecuting autoAddToSaleQueue saleQueuePresetId "
            "createdAt updatedAt"
        ),
    ),
    SpecifiedModel(
        "AutomationScheduleRule",
        "automation_schedule_rules",
        _words(
            "id automationId type timeOfDay intervalMinutes deviationsPerInterval dailyQuota daysOfWeek priority "
            "enabled createdAt updatedAt"
        ),
    ),
    SpecifiedModel(
        "AutomationDefaultValue",
        "automation_default_values",
        _words("id automationId fieldName value applyIfEmpty createdAt updatedAt"),
    ),
    SpecifiedModel(
        "AutomationExecutionLog",
        "automation_execution_logs",
        _words("id automationId executedAt scheduledCount errorMessage triggeredByRuleType"),
    ),
    SpecifiedModel(
        "PricePreset",
        "price_presets",
        _words("id userId name price minPrice maxPrice currency description isDefault sortOrder createdAt updatedAt"),
    ),
    SpecifiedModel(
        "SaleQueue",
        "sale_queue",
        _words(
            "id userId deviationId pricePresetId price status attempts lastAttemptAt processingBy lockedAt completedAt "
            "errorMessage errorDetails screenshotKey createdAt updatedAt"
        ),
    ),
    SpecifiedModel(
        "GalleryCache",
        "gallery_cache",
        _words("id userId folderId name parentId cachedAt"),
    ),
    SpecifiedModel("BrowseCache", "browse_cache", _words("id cacheKey userId responseData cachedAt")),
    SpecifiedModel("NoteFolder", "note_folders", _words("id userId type")),
    SpecifiedModel("NoteLabel", "note_labels", _words("id userId name color")),
    SpecifiedModel("NoteFolderLabel", "note_folder_labels", _words("id folderId labelId")),
    SpecifiedModel("NoteTemplate", "note_templates", _words("id userId name subject body")),
    SpecifiedModel("Template", "metadata_templates", _words("id userId type name content tags variables category")),
    SpecifiedModel(
        "ApiKey",
        "api_keys",
        _words("id userId name keyId keyHash keyPrefix permissions active lastUsedAt createdAt updatedAt revokedAt"),
    ),
    SpecifiedModel(
        "projects",
        "projects",
        _words(
            "id name description status product_count order_count featured_product_ids settings created_at updated_at "
            "deleted_at"
        ),
    ),
    SpecifiedModel(
        "orders",
        "orders",
        _words(
            "id project_id provider model model_family model_modality status base_parameter_set expanded_count "
            "completed_count failed_count template_id created_at updated_at deleted_at search_vector"
        ),
    ),
    SpecifiedModel(
        "order_items",
        "order_items",
        _words(
            "id order_id sequence_number status generation_parameter_set actual_parameter_set return_parameter_set "
            "provider_request_id started_at completed_at error_message retry_count created_at updated_at"
        ),
    ),
    SpecifiedModel(
        "products",
        "products",
        _words(
            "id order_item_id project_id type file_path file_size file_hash thumbnail_paths width height duration "
            "mime_type metadata liked rating notes created_at updated_at deleted_at search_vector"
        ),
        moved={
            "file_path": "blobs.storage_key",
            "file_size": "blobs.file_size",
            "file_hash": "blobs.sha256",
            "thumbnail_paths": "blobs.storage_key",
            "width": "blobs.width",
            "height": "blobs.height",
            "duration": "blobs.duration",
            "mime_type": "blobs.mime_type",
        },
        note="What belongs to the file lies with its blob, which several products may share; "
        "the thumbnails lie beside it.",
    ),
    SpecifiedModel(
        "collections",
        "collections",
        _words("id name description cover_product_id product_count is_public created_at updated_at deleted_at"),
    ),
    SpecifiedModel("collection_products", "collection_products", _words("collection_id product_id position added_at")),
    SpecifiedModel(
        "providers",
        "providers",
        _words(
            "id name api_base_url api_key_encrypted is_enabled rate_limit_requests rate_limit_tokens concurrent_limit "
            "settings created_at updated_at"
        ),
    ),
    SpecifiedModel(
        "models",
        "models",
        _words(
            "id provider_id model_id name family modality version is_available parameter_schema capabilities pricing "
            "created_at updated_at"
        ),
    ),
    SpecifiedModel(
        "templates",
        "generation_templates",
        _words(
            "id name description provider model parameter_set project_id is_global usage_count created_at updated_at"
        ),
    ),
    SpecifiedModel("lookups", "lookups", _words("id key values description category is_system created_at updated_at")),
    SpecifiedModel("tags", "tags", _words("id name color description usage_count created_at")),
    SpecifiedModel("tag_associations", "tag_associations", _words("tag_id entity_type entity_id created_at")),
    SpecifiedModel("generation_logs", "generation_logs", _words("id order_item_id timestamp level message details")),
    SpecifiedModel("system_settings", "system_settings", _words("key value description updated_at")),
    SpecifiedModel("migration_history", "migration_history", _words("version applied_at description")),
    SpecifiedModel(
        "Usage",
        "usage",
        _words(
            "id createdAt apiKeyId userId provider model type tokensIn tokensOut tokensTotal cost currency metadata"
        ),
        moved={"createdAt": "usage.received_at"},
        note="What is asked for by time goes by `occurred_at`, when the call was made.",
    ),
)
