"""Studio counts kept by triggers

Revision ID: 2026_11_21_studio_counts
Revises: 2026_11_21_studio_orders_provid
"""

from alembic import op

revision = '2026_11_21_studio_counts'
down_revision = '2026_11_21_studio_orders_provid'
branch_labels = None
depends_on = None

# Table, the column with the project, and the count on the project.
COUNTED = (('products', 'product_count'), ('orders', 'order_count'))
TAGGED = (('projects', 'project'), ('products', 'product'), ('collections', 'collection'), ('orders', 'order'))


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        for statement in _postgresql():
            op.execute(statement)
    else:
        for statement in _sqlite():
            op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    for name, table in _triggers(is_postgresql):
        op.execute(f'DROP TRIGGER {name} ON {table}' if is_postgresql else f'DROP TRIGGER {name}')
    if is_postgresql:
        for name in ('count_of_project', 'count_of_collection', 'count_of_tag', 'untag'):
            op.execute(f'DROP FUNCTION {name}')
        op.execute('DROP FUNCTION count_in_collections')


def _triggers(is_postgresql: bool) -> list[tuple[str, str]]:
    found = [(f'{table}_untag', table) for table, _ in TAGGED]
    events = ('',) if is_postgresql else ('_insert', '_delete', '_update')
    found += [(f'{table}_count{event}', table) for table, _ in COUNTED for event in events]
    events = ('',) if is_postgresql else ('_insert', '_delete')
    found += [(f'collection_products_count{event}', 'collection_products') for event in events]
    found += [(f'tag_associations_count{event}', 'tag_associations') for event in events]
    return [*found, ('products_in_collections', 'products')]


def _sqlite() -> list[str]:
    made = []
    for table, count in COUNTED:
        add = f'UPDATE projects SET {count} = {count} + 1 WHERE id = NEW.project_id AND NEW.deleted_at IS NULL'
        take = f'UPDATE projects SET {count} = {count} - 1 WHERE id = OLD.project_id AND OLD.deleted_at IS NULL'
        made += [
            f'CREATE TRIGGER {table}_count_insert AFTER INSERT ON {table} BEGIN {add}; END',
            f'CREATE TRIGGER {table}_count_delete AFTER DELETE ON {table} BEGIN {take}; END',
            f'CREATE TRIGGER {table}_count_update AFTER UPDATE OF project_id, deleted_at ON {table} '
            f'BEGIN {take}; {add}; END',
        ]
    live = 'EXISTS (SELECT 1 FROM products WHERE id = {row}.product_id AND deleted_at IS NULL)'
    change = 'UPDATE collections SET product_count = product_count {sign} 1 WHERE id = {row}.collection_id AND ' + live
    made += [
        'CREATE TRIGGER collection_products_count_insert AFTER INSERT ON collection_products '
        f'BEGIN {change.format(sign="+", row="NEW")}; END',
        # Before the product is gone, when it takes its memberships along: see products_untag.
        'CREATE TRIGGER collection_products_count_delete BEFORE DELETE ON collection_products '
        f'BEGIN {change.format(sign="-", row="OLD")}; END',
        'CREATE TRIGGER products_in_collections AFTER UPDATE OF deleted_at ON products '
        'WHEN (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL) BEGIN UPDATE collections '
        'SET product_count = product_count + CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END '
        'WHERE id IN (SELECT collection_id FROM collection_products WHERE product_id = NEW.id); END',
        'CREATE TRIGGER tag_associations_count_insert AFTER INSERT ON tag_associations '
        'BEGIN UPDATE tags SET usage_count = usage_count + 1 WHERE id = NEW.tag_id; END',
        'CREATE TRIGGER tag_associations_count_delete AFTER DELETE ON tag_associations '
        'BEGIN UPDATE tags SET usage_count = usage_count - 1 WHERE id = OLD.tag_id; END',
    ]
    for table, kind in TAGGED:
        members = 'DELETE FROM collection_products WHERE product_id = OLD.id; ' if table == 'products' else ''
        made.append(
            f'CREATE TRIGGER {table}_untag BEFORE DELETE ON {table} BEGIN {members}'
            f"DELETE FROM tag_associations WHERE entity_type = '{kind}' AND entity_id = OLD.id; END"
        )
    return made


def _postgresql() -> list[str]:
    made = [
        # The column of the project that counts comes as the trigger's argument.
        """
        CREATE FUNCTION count_of_project() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' AND OLD.project_id IS NOT NULL AND OLD.deleted_at IS NULL THEN
                EXECUTE format('UPDATE projects SET %1$I = %1$I - 1 WHERE id = $1', TG_ARGV[0]) USING OLD.project_id;
            END IF;
            IF TG_OP <> 'DELETE' AND NEW.project_id IS NOT NULL AND NEW.deleted_at IS NULL THEN
                EXECUTE format('UPDATE projects SET %1$I = %1$I + 1 WHERE id = $1', TG_ARGV[0]) USING NEW.project_id;
            END IF;
            RETURN NULL;
        END $$
        """,
        """
        CREATE FUNCTION count_of_collection() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                UPDATE collections SET product_count = product_count + 1 WHERE id = NEW.collection_id
                AND EXISTS (SELECT 1 FROM products WHERE id = NEW.product_id AND deleted_at IS NULL);
                RETURN NEW;
            END IF;
            UPDATE collections SET product_count = product_count - 1 WHERE id = OLD.collection_id
            AND EXISTS (SELECT 1 FROM products WHERE id = OLD.product_id AND deleted_at IS NULL);
            RETURN OLD;
        END $$
        """,
        """
        CREATE FUNCTION count_in_collections() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE collections SET product_count = product_count + CASE WHEN NEW.deleted_at IS NULL THEN 1 ELSE -1 END
            WHERE id IN (SELECT collection_id FROM collection_products WHERE product_id = NEW.id);
            RETURN NULL;
        END $$
        """,
        """
        CREATE FUNCTION count_of_tag() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                UPDATE tags SET usage_count = usage_count + 1 WHERE id = NEW.tag_id;
            ELSE
                UPDATE tags SET usage_count = usage_count - 1 WHERE id = OLD.tag_id;
            END IF;
            RETURN NULL;
        END $$
        """,
        """
        CREATE FUNCTION untag() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_ARGV[0] = 'product' THEN
                DELETE FROM collection_products WHERE product_id = OLD.id;
            END IF;
            DELETE FROM tag_associations WHERE entity_type = TG_ARGV[0] AND entity_id = OLD.id;
            RETURN OLD;
        END $$
        """,
    ]
    for table, count in COUNTED:
        made.append(
            f'CREATE TRIGGER {table}_count AFTER INSERT OR DELETE OR UPDATE OF project_id, deleted_at ON {table} '
            f"FOR EACH ROW EXECUTE FUNCTION count_of_project('{count}')"
        )
    made += [
        'CREATE TRIGGER collection_products_count BEFORE INSERT OR DELETE ON collection_products '
        'FOR EACH ROW EXECUTE FUNCTION count_of_collection()',
        'CREATE TRIGGER products_in_collections AFTER UPDATE OF deleted_at ON products FOR EACH ROW '
        'WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION count_in_collections()',
        'CREATE TRIGGER tag_associations_count AFTER INSERT OR DELETE ON tag_associations '
        'FOR EACH ROW EXECUTE FUNCTION count_of_tag()',
    ]
    for table, kind in TAGGED:
        made.append(
            f'CREATE TRIGGER {table}_untag BEFORE DELETE ON {table} '
            f"FOR EACH ROW EXECUTE FUNCTION untag('{kind}')"
        )
    return made
